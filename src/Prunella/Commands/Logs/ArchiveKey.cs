using System.CommandLine;

namespace Prunella.Commands.Logs;

/// <summary>The key of an encrypted archive, read from a file so that it stands in no process list.</summary>
internal static class ArchiveKey
{
    internal static Option<string?> Option() => new("--key-file") { Description = "File with the archive's key: 32 bytes, or 64 hexadecimal digits.", HelpName = "FILE" };

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
