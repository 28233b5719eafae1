using Prunella.Logs.Archive;

namespace Prunella.Commands.Logs;

/// <summary>What the name of an archive, or of a folder of them, stands for.</summary>
internal static class ArchiveNames
{
    /// <summary>Name of the folder that a server keeps its archives in, within that of its logs.</summary>
    internal const string ServersFolder = "archive";

    internal static bool IsArchive(string name) => name.EndsWith(".parc", StringComparison.Ordinal) || (Directory.Exists(name) && In(Folder(name)).Any());

    /// <summary>The folder of archives: what is named, or, of the folder that a server was given, the one within.</summary>
    internal static string Folder(string name) => Path.Combine(name, ServersFolder) is var within && Directory.Exists(within) ? within : name;

    /// <summary>The archive of the name, or those of the folder in the order of their names.</summary>
    /// <exception cref="FileNotFoundException">The folder has none.</exception>
    internal static IReadOnlyList<string> All(string name)
    {
        if (!Directory.Exists(name)) return [name];
        List<string> found = [.. In(Folder(name)).Order(StringComparer.Ordinal)];
        return found.Count > 0 ? found : throw new FileNotFoundException($"No log archives are in {Folder(name)}.");
    }

    /// <summary>The archive of the name.</summary>
    /// <exception cref="FileNotFoundException">A folder is named.</exception>
    internal static string One(string name) => Directory.Exists(name) ? throw new FileNotFoundException($"{name} is a folder; name one of its archives, as {All(name)[0]}.") : name;

    /// <summary>Opens an archive.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="keyFile">See <see cref="ArchiveKey.Of"/>.</param>
    /// <exception cref="FormatException">It is none, or its key is missing or wrong; the message begins with the file.</exception>
    internal static ArchiveReader Open(string path, string? keyFile)
    {
        try
        {
            return ArchiveReader.Open(path, ArchiveKey.Of(path, keyFile));
        }
        catch (InvalidDataException damaged)
        {
            throw new FormatException($"{path}: {damaged.Message}", damaged);
        }
    }

    private static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder, "*.parc");
}
