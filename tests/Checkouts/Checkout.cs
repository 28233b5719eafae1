namespace Prunella.Checkouts;

/// <summary>The checkout that the tests were built from; compiled into every test project.</summary>
internal static class Checkout
{
    /// <summary>Its root: the folder of <c>Prunella.slnx</c>.</summary>
    internal static string Root { get; } = Find() ?? throw new InvalidOperationException("The tests run outside the source tree: no Prunella.slnx above them.");

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Prunella.slnx"))) folder = folder.Parent;
        return folder?.FullName;
    }
}
