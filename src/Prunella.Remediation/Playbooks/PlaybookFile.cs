using System.Reflection;
using System.Text;
using Prunella.Remediation.Playbooks.Reading;

namespace Prunella.Remediation.Playbooks;

/// <summary>The text of a playbook file.</summary>
/// <param name="Name">What errors call it: the path.</param>
/// <param name="Text">YAML, one playbook a document.</param>
public sealed record PlaybookFile(string Name, string Text)
{
    private const string ResourcePrefix = "playbooks/";

    /// <summary>Whether it is part of the product; a configured playbook of the same name replaces a shipped one.</summary>
    public bool Shipped { get; init; }

    /// <summary>The playbooks that come with Prunella, by name.</summary>
    public static IReadOnlyList<PlaybookFile> ShippedFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        List<PlaybookFile> files = [];
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            files.Add(new PlaybookFile($"shipped:{resource[ResourcePrefix.Length..]}", reader.ReadToEnd()) { Shipped = true });
        }
        return files;
    }

    /// <summary>
    /// Reads files, and the *.yaml and *.yml of directories with those below, in the order of their paths. What cannot be read
    /// is added to <paramref name="problems"/>; nothing is thrown for it.
    /// </summary>
    public static IReadOnlyList<PlaybookFile> Read(IEnumerable<string> paths, ICollection<PlaybookProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(problems);
        List<PlaybookFile> files = [];
        foreach (var path in paths.SelectMany(path => Expand(path, problems)).Take(PlaybookLimits.FilesMax + 1))
        {
            if (files.Count == PlaybookLimits.FilesMax)
            {
                problems.Add(new(path, 1, 1, "", "more files than allowed", $"at most {PlaybookLimits.FilesMax}", "Name fewer"));
                break;
            }
            try
            {
                var size = new FileInfo(path).Length;
                if (size > PlaybookLimits.FileBytesMax) problems.Add(new(path, 1, 1, "", $"the file has {size} bytes", $"at most {PlaybookLimits.FileBytesMax}", "Split it"));
                else files.Add(new PlaybookFile(path, File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true))));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                problems.Add(new(path, 1, 1, "", $"the file cannot be read: {failure.Message.TrimEnd('.')}", "a readable file", "Check the path and its permissions"));
            }
            catch (DecoderFallbackException)
            {
                problems.Add(new(path, 1, 1, "", "the file is no UTF-8 text", "UTF-8", "Save it as UTF-8"));
            }
        }
        return files;
    }

    private static List<string> Expand(string path, ICollection<PlaybookProblem> problems)
    {
        if (!Directory.Exists(path)) return [path];
        var found = Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true })
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Take(PlaybookLimits.FilesMax + 1).Order(StringComparer.Ordinal).ToList();
        if (found.Count == 0) problems.Add(new(path, 1, 1, "", "the directory holds no playbook", "*.yaml or *.yml", "Check the path"));
        return found;
    }
}
