using System.Text;
using Prunella.Ledger;

namespace Prunella.Integrations.Siem;

/// <summary>Appends ledger entries to a file as JSON lines, on the disk before they count. What a kill left of a line is cut off first.</summary>
public sealed class FileLedgerSink : ILedgerSink
{
    private readonly FileLedgerOptions options;

    /// <summary>Opens nothing yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public FileLedgerSink(FileLedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
    }

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public int BatchMax => 1_000;

    /// <inheritdoc/>
    public bool FromTheBeginning => options.FromTheBeginning;

    /// <inheritdoc/>
    public async Task<int> TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        try
        {
            var opening = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows()) opening.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            var file = new FileStream(options.Path, opening);
            await using (file.ConfigureAwait(false))
            {
                var end = WholeLines(file);
                file.SetLength(end);
                file.Position = end;
                try
                {
                    foreach (var entry in entries) await file.WriteAsync(Encoding.UTF8.GetBytes(LineOf(entry) + "\n"), cancellation).ConfigureAwait(false);
                    file.Flush(flushToDisk: true);
                }
                catch (IOException)
                {
                    // A full disk: no half of a batch stays, so that the next try writes it once.
                    file.SetLength(end);
                    throw;
                }
            }
            return entries.Count;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerSinkException($"{options.Path} cannot be written: {failure.Message}", failure);
        }
    }

    private static string LineOf(LedgerEntry entry)
    {
        try
        {
            return LedgerJsonLines.ToLine(entry);
        }
        catch (CanonicalJsonException)
        {
            // Changed in the store into something without canonical form; that an entry is missing here is told by its number.
            return $$"""{"number":{{entry.Number}},"problem":"the stored payload has no canonical form"}""";
        }
    }

    private static long WholeLines(FileStream file)
    {
        var end = file.Length;
        var buffer = new byte[4_096];
        while (end > 0)
        {
            var from = Math.Max(0, end - buffer.Length);
            file.Position = from;
            var part = buffer.AsSpan(0, (int)(end - from));
            file.ReadExactly(part);
            var feed = part.LastIndexOf((byte)'\n');
            if (feed >= 0) return from + feed + 1;
            end = from;
        }
        return 0;
    }
}
