using System.CommandLine;

namespace Prunella.Commands.Logs;

/// <summary>The key of an encrypted archive, read from a file so that it stands in no process list.</summary>
internal static class ArchiveKey
{
    /// <summary>Name of the key that a server makes, beside the folder of its archives.</summary>
    internal const string ServersFile = "archive.key";

    internal static Option<string?> Option() => new("--key-file") { Description = "File with the archive's key: 32 bytes, or 64 hexadecimal digits (default: what a server put beside its folder).", HelpName = "FILE" };

    /// <summary>The key of an archive, or a folder of them: of the file given, else of the one that a server put beside its folder.</summary>
    /// <exception cref="FormatException">The file holds no key.</exception>
    internal static byte[]? Of(string archive, string? path)
    {
        if (path is null)
        {
            var full = Path.GetFullPath(archive);
            var folder = Path.GetDirectoryName(Directory.Exists(full) ? full : Path.GetDirectoryName(full));
            path = folder is not null && Path.Combine(folder, ServersFile) is var beside && File.Exists(beside) ? beside : null;
        }

        return Read(path);
    }

    /// <exception cref="FormatException">The file holds no key.</exception>
    internal static byte[]? Read(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length == 32)
        {
            return bytes;
        }

        var text = System.Text.Encoding.ASCII.GetString(bytes).Trim();
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new FormatException($"{path} is no key: expected 32 bytes or 64 hexadecimal digits (openssl rand -hex 32 > {path}).");
    }
}
