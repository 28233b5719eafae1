namespace Prunella.Tests;

/// <summary>Pages of docs/ that the program writes itself.</summary>
internal static class GeneratedPage
{
    /// <summary>Fails when the page is not what the program writes now; with PRUNELLA_WRITE_DOCS=1 it is written instead.</summary>
    internal static void ShouldBeCurrent(string name, string expected)
    {
        var path = Path.Combine(Checkout.Root, "docs", name);
        if (Environment.GetEnvironmentVariable("PRUNELLA_WRITE_DOCS") == "1") File.WriteAllText(path, expected);
        File.ReadAllText(path).ShouldBe(expected, $"docs/{name} is older than the code; write it again with PRUNELLA_WRITE_DOCS=1 and this test");
    }
}
