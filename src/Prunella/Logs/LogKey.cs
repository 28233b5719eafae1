using System.Security.Cryptography;
using Prunella.Commands;
using Prunella.Commands.Logs;

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
            if (!File.Exists(path)) Make(path);
            return ArchiveKey.Read(path)!;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandFailedException(ExitCode.Configuration, wrong.Message);
        }
    }

    // Under another name first, so that no half key ever stands there.
    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var next = path + ".new";
        File.Delete(next);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(next, creation))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path);
    }
}
