using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Workloads;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>
/// Follows the logs of a cluster's containers into the pipeline, a stream for each, and goes on after a restart where it stopped.
/// While the spool is full nothing is read, so that the containers' runtime keeps it.
/// </summary>
internal sealed partial class PodLogSource(LogPipeline pipeline, PodLogs logs, IOptions<LogIngestOptions> options, TimeProvider time, ILogger<PodLogSource> logger) : BackgroundService
{
    private const string TimesFile = "pods.json";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Dictionary<LoggingContainer, Task> streams = [];
    private readonly HashSet<LoggingContainer> ended = [];
    private readonly Lock gate = new();
    private Dictionary<string, PodLogPlace> seen = new(StringComparer.Ordinal);
    private bool changed, troubled, toldTooMany;

    private string TimesPath => Path.Combine(options.Value.Folder, TimesFile);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.PodLogs) return;
        Load();
        var began = time.GetUtcNow();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await LookAsync(began, stoppingToken);
                Save();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the streams end by the same token.
        }

        await Task.WhenAll(streams.Values);
        Save();
    }

    private async Task LookAsync(DateTimeOffset began, CancellationToken stop)
    {
        IReadOnlyList<LoggingContainer> containers;
        try
        {
            containers = await logs.ListAsync(stop);
            troubled = false;
        }
        catch (WorkloadUnreadableException away)
        {
            if (!troubled) NotListed(logger, away.Message);
            troubled = true;
            return;
        }

        foreach (var done in streams.Where(static s => s.Value.IsCompleted).Select(static s => s.Key).ToList()) streams.Remove(done);
        ended.IntersectWith(containers);
        Forget(containers);
        foreach (var container in containers.Where(c => options.Value.PodNamespaces.Count == 0 || options.Value.PodNamespaces.Contains(c.Namespace)))
        {
            var key = container with { Running = true };
            if (streams.ContainsKey(key) || ended.Contains(container)) continue;
            if (streams.Count >= options.Value.PodStreamsMax)
            {
                if (!toldTooMany) TooMany(logger, options.Value.PodStreamsMax);
                toldTooMany = true;
                return;
            }

            // A run that is over is read once to its end.
            if (!container.Running) ended.Add(container);
            streams[key] = FollowAsync(container, began, stop);
        }
    }

    private async Task FollowAsync(LoggingContainer container, DateTimeOffset began, CancellationToken stop)
    {
        try
        {
            var key = Key(container);
            PodLogPlace last;
            lock (gate) last = seen.TryGetValue(key, out var known) ? known : new PodLogPlace(began.AddMinutes(-options.Value.PodMinutesBefore), 0);
            var since = (int)Math.Clamp(Math.Ceiling((time.GetUtcNow() - last.Time).TotalSeconds) + 1, 1, int.MaxValue);
            if (await logs.OpenAsync(container, since, stop) is not { } stream) return;
            await using (stream)
            {
                var reader = new PodLogReader(stream, last);
                while (await reader.ReadAsync(stop) is { Length: > 0 } lines)
                {
                    while (!TryAccept(lines.Span, container)) await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
                    lock (gate) (seen[key], changed) = (reader.Last, true);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception broken) when (broken is WorkloadUnreadableException or IOException or HttpRequestException)
        {
            // Opened again at the next look.
            ended.Remove(container);
            Broken(logger, container.Namespace, container.Pod, container.Container, broken.Message);
        }
    }

    private bool TryAccept(ReadOnlySpan<byte> lines, LoggingContainer container)
    {
        try
        {
            return pipeline.TryAccept(lines, LogSource.Pod(container.Namespace, container.Pod, container.Container));
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            Broken(logger, container.Namespace, container.Pod, container.Container, away.Message);
            return false;
        }
    }

    private static string Key(LoggingContainer container) => $"{container.Namespace}/{container.Pod}/{container.Container}";

    private void Forget(IReadOnlyList<LoggingContainer> containers)
    {
        var there = containers.Select(Key).ToHashSet(StringComparer.Ordinal);
        lock (gate)
        {
            foreach (var gone in seen.Keys.Where(key => !there.Contains(key)).ToList()) changed |= seen.Remove(gone);
        }
    }

    private void Load()
    {
        try
        {
            if (File.Exists(TimesPath)) seen = JsonSerializer.Deserialize<Dictionary<string, PodLogPlace>>(File.ReadAllBytes(TimesPath)) ?? seen;
        }
        catch (Exception lost) when (lost is JsonException or IOException or UnauthorizedAccessException)
        {
            NotKept(logger, TimesPath, lost.Message);
        }
    }

    private void Save()
    {
        byte[] kept;
        lock (gate)
        {
            if (!changed) return;
            changed = false;
            kept = JsonSerializer.SerializeToUtf8Bytes(seen);
        }

        try
        {
            File.WriteAllBytes(TimesPath + ".new", kept);
            File.Move(TimesPath + ".new", TimesPath, overwrite: true);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            NotKept(logger, TimesPath, away.Message);
        }
    }

    [LoggerMessage(3216, LogLevel.Warning, "The cluster's containers cannot be listed, so no new logs are followed: {Message}")]
    private static partial void NotListed(ILogger logger, string message);

    [LoggerMessage(3217, LogLevel.Warning, "More than {Max} containers log; the rest are not followed (logs:ingest:podStreamsMax)")]
    private static partial void TooMany(ILogger logger, int max);

    [LoggerMessage(3218, LogLevel.Debug, "The log of {Namespace}/{Pod}/{Container} broke off: {Message}")]
    private static partial void Broken(ILogger logger, string @namespace, string pod, string container, string message);

    [LoggerMessage(3219, LogLevel.Warning, "{Path}: {Message}")]
    private static partial void NotKept(ILogger logger, string path, string message);
}
