using System.IO.Compression;

namespace Prunella.Logs.Framing;

/// <summary>Opens log files; gzip and zstd are recognised by their first bytes, whatever the name says.</summary>
public static class LogFile
{
    /// <summary>Opens a file for reading while others write to it, decompressing as needed.</summary>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to read it.</exception>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.SequentialScan,
        });
        try
        {
            return Decompress(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Wraps a seekable stream in the decompressor that its first bytes ask for; a plain one is returned as it is.</summary>
    public static Stream Decompress(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            return stream;
        }

        Span<byte> head = stackalloc byte[4];
        var at = stream.Position;
        var read = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        stream.Position = at;
        if (read >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        {
            return new GZipStream(stream, CompressionMode.Decompress);
        }

        return read == 4 && head.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? new ZstdSharp.DecompressionStream(stream, leaveOpen: false) : stream;
    }

    /// <summary>Files that the given names, folders and patterns (* and ? in the last part) stand for, sorted; "-" stands for itself.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there under a name.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var files = new List<string>();
        foreach (var name in names)
        {
            if (name == "-" || File.Exists(name))
            {
                files.Add(name);
                continue;
            }

            var found = Matches(name);
            if (found.Count == 0)
            {
                throw new FileNotFoundException($"No file, folder or pattern match: {name}", name);
            }

            files.AddRange(found);
        }

        return files;
    }

    private static List<string> Matches(string name)
    {
        List<string> found;
        if (Directory.Exists(name))
        {
            found = [.. Directory.EnumerateFiles(name, "*", SearchOption.AllDirectories)];
        }
        else
        {
            var folder = Path.GetDirectoryName(name);
            folder = string.IsNullOrEmpty(folder) ? "." : folder;
            var pattern = Path.GetFileName(name);
            if (pattern.AsSpan().IndexOfAny('*', '?') < 0 || !Directory.Exists(folder))
            {
                return [];
            }

            found = [.. Directory.EnumerateFiles(folder, pattern)];
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
