using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Ledger;

/// <summary>Files that hold keys: whole or not there, for their owner alone.</summary>
public static partial class KeyFile
{
    /// <summary>Makes the file, and its folder, unless it is there. Of several processes that do so at once one is first, and its text counts for all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it will hold.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made there.</exception>
    public static void CreateOnce(string path, string text)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var temporary = WriteTemporary(path, text);
        try
        {
            // On Unix a move that must not overwrite looks and then renames: two processes could each read a key of their own, and one of
            // them be overwritten. A link is made by one of them only. Where a file system has no links, the move has to do.
            if (OperatingSystem.IsWindows() || (Link(temporary, path) != 0 && !File.Exists(path))) File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Replaces the file in one step.</summary>
    internal static void Replace(string path, string text) => File.Move(WriteTemporary(path, text), path, overwrite: true);

    private static string WriteTemporary(string path, string text)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(temporary, options);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
        return temporary;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string name);
}
