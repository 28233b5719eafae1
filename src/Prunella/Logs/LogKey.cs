using System.Security.Cryptography;
using Prunella.Commands;
using Prunella.Commands.Logs;
using Prunella.Ledger;

namespace Prunella.Logs;

/// <summary>A key in a file of its own, made when it is first asked for, for its owner alone.</summary>
internal static class LogKey
{
    private const int Bytes = 32;

    /// <exception cref="CommandFailedException">The file holds no key, or cannot be read or made.</exception>
    internal static byte[] ReadOrMake(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                // The folder of the logs is for whoever may read them; only the key is for its owner alone.
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                KeyFile.CreateOnce(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)) + "\n");
            }

            return ArchiveKey.Read(path)!;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandFailedException(ExitCode.Configuration, wrong.Message);
        }
    }
}
