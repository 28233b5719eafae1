namespace Prunella.EndToEnd.Processes;

/// <summary>Where things are in the source tree.</summary>
internal static class Repository
{
    internal static string Root => Checkout.Root;

    /// <summary>The executable that was built with these tests, or the one that <c>PRUNELLA_TEST_EXECUTABLE</c> names.</summary>
    internal static string Executable { get; } = Environment.GetEnvironmentVariable("PRUNELLA_TEST_EXECUTABLE") ?? Path.Combine(Root, "src/artifacts/bin/Prunella", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "prunella.dll");

    internal static string Sample(string path) => File.ReadAllText(Path.Combine(Root, "samples", path));
}
