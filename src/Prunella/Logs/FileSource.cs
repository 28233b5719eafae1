using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Logs.Framing;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>
/// Follows the configured files into the pipeline: through rotation and truncation, and over a restart, from the positions kept beside
/// the spool. A position moves only once the spool has the lines; while the spool is full nothing is read.
/// </summary>
internal sealed partial class FileSource(LogPipeline pipeline, IOptions<LogIngestOptions> options, TimeProvider time, ILogger<FileSource> logger) : BackgroundService
{
    private const int FormerMax = 1_000;
    private const string PositionsFile = "positions.json";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookForFilesEvery = TimeSpan.FromSeconds(10);
    private readonly SortedDictionary<string, FileTail> tails = new(StringComparer.Ordinal);
    private readonly HashSet<string> troubled = new(StringComparer.Ordinal);
    private readonly Queue<FilePosition> former = new();
    private Dictionary<string, FilePosition> positions = new(StringComparer.Ordinal);

    private string PositionsPath => Path.Combine(options.Value.Folder, PositionsFile);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Files.Count == 0) return;
        Load();
        using var timer = new PeriodicTimer(Interval, time);
        var looked = DateTimeOffset.MinValue;
        try
        {
            do
            {
                if (time.GetUtcNow() - looked >= LookForFilesEvery)
                {
                    looked = time.GetUtcNow();
                    Look();
                }

                if (await Task.Run(() => ReadAll(stoppingToken), stoppingToken)) Save();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is not read yet is read after the restart.
        }
        finally
        {
            foreach (var tail in tails.Values) tail.Dispose();
        }
    }

    private void Look()
    {
        foreach (var name in options.Value.Files)
        {
            try
            {
                foreach (var path in LogFile.Expand([name]))
                {
                    if (tails.ContainsKey(path)) continue;
                    if (tails.Count >= options.Value.FilesMax)
                    {
                        if (troubled.Add(name)) TooMany(logger, options.Value.FilesMax);
                        return;
                    }

                    // A file that rotation renamed is finished under the name that it was followed by; under the new one it goes on from there.
                    if (!positions.ContainsKey(path) && KnownUnderAnotherName(path) is { } known) positions[path] = known;
                    tails[path] = new FileTail(path, positions.GetValueOrDefault(path));
                }

                troubled.Remove(name);
            }
            catch (FileNotFoundException)
            {
                // It may come.
            }
            catch (Exception away) when (away is IOException or UnauthorizedAccessException)
            {
                if (troubled.Add(name)) NotRead(logger, name, away.Message);
            }
        }
    }

    private FilePosition? KnownUnderAnotherName(string path) => positions.Values.Concat(former)
        .Where(p => p.HeadBytes > 0 && FileTail.BeginsLike(path, p)).MaxBy(static p => p.Offset);

    private bool ReadAll(CancellationToken stop)
    {
        var moved = false;
        foreach (var (path, tail) in tails)
        {
            try
            {
                for (var rotations = tail.Rotations; !stop.IsCancellationRequested && !pipeline.IsFull && tail.TryRead(out var lines); rotations = tail.Rotations)
                {
                    if (!pipeline.TryAccept(lines.Span, "file:" + path)) return moved;
                    if (tail.Rotations > rotations && positions.GetValueOrDefault(path) is { } before) Remember(before);
                    tail.Commit();
                    positions[path] = tail.Position!;
                    moved = true;
                }

                troubled.Remove(path);
            }
            catch (Exception away) when (away is IOException or UnauthorizedAccessException)
            {
                if (troubled.Add(path)) NotRead(logger, path, away.Message);
            }
        }

        return moved;
    }

    // What a name stood for before its rotation, so that patterns which also match the renamed file read nothing twice.
    private void Remember(FilePosition before)
    {
        if (former.Count == FormerMax) former.Dequeue();
        former.Enqueue(before);
    }

    private void Load()
    {
        try
        {
            if (!File.Exists(PositionsPath) || JsonSerializer.Deserialize<Kept>(File.ReadAllBytes(PositionsPath)) is not { } kept) return;
            positions = kept.Files;
            foreach (var before in kept.Renamed) Remember(before);
        }
        catch (Exception lost) when (lost is JsonException or IOException or UnauthorizedAccessException)
        {
            NotRead(logger, PositionsPath, lost.Message + " All files are read from their beginning.");
        }
    }

    private void Save()
    {
        try
        {
            if (positions.Count > 2 * options.Value.FilesMax)
                foreach (var gone in positions.Keys.Where(path => !tails.ContainsKey(path) && !File.Exists(path)).ToList()) positions.Remove(gone);
            var next = PositionsPath + ".new";
            File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(new Kept(positions, [.. former])));
            File.Move(next, PositionsPath, overwrite: true);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            NotRead(logger, PositionsPath, away.Message);
        }
    }

    /// <summary>The file of positions.</summary>
    /// <param name="Files">By name.</param>
    /// <param name="Renamed">Of files that lost the name they were followed by.</param>
    private sealed record Kept(Dictionary<string, FilePosition> Files, IReadOnlyList<FilePosition> Renamed);

    [LoggerMessage(3214, LogLevel.Warning, "{Path} cannot be followed: {Message}")]
    private static partial void NotRead(ILogger logger, string path, string message);

    [LoggerMessage(3215, LogLevel.Warning, "More than {Max} files match; the rest are not followed (logs:ingest:filesMax)")]
    private static partial void TooMany(ILogger logger, int max);
}
