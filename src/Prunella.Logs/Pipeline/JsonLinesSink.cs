namespace Prunella.Logs.Pipeline;

/// <summary>Appends documents to a file, one JSON object a line; at a size the file is renamed and another begun. Durable when it answers.</summary>
/// <param name="path">The file; its folder is made.</param>
/// <param name="fileBytesMax">Size at which it is renamed to <c>NAME.1</c>, the former <c>.1</c> to <c>.2</c> and so on.</param>
/// <param name="filesMax">Renamed files kept.</param>
public sealed class JsonLinesSink(string path, long fileBytesMax, int filesMax) : ILogSink
{
    /// <inheritdoc/>
    public string Name => "jsonl";

    /// <inheritdoc/>
    public int BatchDocumentsMax => 10_000;

    /// <inheritdoc/>
    public int BatchBytesMax => 1 << 20;

    /// <inheritdoc/>
    public async Task<SinkAnswer> SendAsync(IReadOnlyList<SinkDocument> documents, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(documents);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            await using (file.ConfigureAwait(false))
            {
                CutTornLine(file);
                var end = file.Seek(0, SeekOrigin.End);
                try
                {
                    var lines = new MemoryStream();
                    foreach (var document in documents)
                    {
                        lines.Write(document.Json.Span);
                        lines.WriteByte((byte)'\n');
                    }

                    await file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellation).ConfigureAwait(false);
                    file.Flush(flushToDisk: true);
                }
                catch
                {
                    // All of it or nothing, so that what is sent again stands there once.
                    file.SetLength(end);
                    throw;
                }

                if (file.Length >= fileBytesMax)
                {
                    Rename();
                }
            }

            return SinkAnswer.Taken;
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            return SinkAnswer.AllAgain(documents.Count, away.Message);
        }
    }

    // What a kill left of a line was never answered for, and comes again.
    private static void CutTornLine(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Seek(end - 1, SeekOrigin.Begin);
            if (file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        file.SetLength(end);
    }

    private void Rename()
    {
        File.Delete($"{path}.{filesMax}");
        for (var n = filesMax - 1; n >= 1; n--)
        {
            if (File.Exists($"{path}.{n}"))
            {
                File.Move($"{path}.{n}", $"{path}.{n + 1}");
            }
        }

        if (filesMax > 0)
        {
            File.Move(path, path + ".1");
        }
        else
        {
            File.Delete(path);
        }
    }
}
