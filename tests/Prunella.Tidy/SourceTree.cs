namespace Prunella.Tidy;

/// <summary>The source tree as the rules see it.</summary>
internal static class SourceTree
{
    internal static string Root => Checkout.Root;

    /// <summary>Files that people write, with their path from the root, in ordinal order.</summary>
    internal static IReadOnlyList<string> Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? [.. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !$"/{path}".Contains("/artifacts/", StringComparison.Ordinal) && !path.Contains("/Migrations/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)]
            : [];

    internal static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}
