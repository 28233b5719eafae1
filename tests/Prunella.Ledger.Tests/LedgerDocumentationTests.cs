using System.Diagnostics;
using System.Text;

namespace Prunella.Ledger.Tests;

/// <summary>What docs/ledger.md shows is true: its ledger verifies here, and its program verifies what this code writes.</summary>
public sealed class LedgerDocumentationTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-ledger-docs-");

    public void Dispose() => folder.Delete(recursive: true);

    private static string Block(string fence)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "ledger.md"));
        var begin = text.IndexOf($"```{fence}\n", StringComparison.Ordinal);
        begin.ShouldBeGreaterThan(0, fence);
        begin += fence.Length + 4;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    [Fact]
    public void Example_Verifies()
    {
        var keys = LedgerKeyRing.Parse(Block("text key"));
        var report = Ledgers.VerifyFile(Encoding.UTF8.GetBytes(Block("json entries")), Block("json checkpoints"), keys);
        report.Intact.ShouldBeTrue(report.ToString());
        report.Entries.ShouldBe(3);
        report.VouchedNumber.ShouldBe(3);
    }

    [Fact]
    public void Program_OnTheExample_FindsItIntact() => Run(Block("text key"), Block("json entries"), Block("json checkpoints")).ShouldBe((0, "3 entries are intact"));

    [Fact]
    public void Program_OnWhatThisCodeWrites_AgreesWithTheVerifier()
    {
        var chain = Ledgers.Chain(12);
        var (key, entries, checkpoints) = (new string('1', 64), Encoding.UTF8.GetString(Ledgers.Export(chain)), Ledgers.Checkpoints(chain, Ledgers.Keys, 4, 12));
        Run(key, entries, checkpoints).ShouldBe((0, "12 entries are intact"));
        Run(key, entries.Replace("incident-2", "incident-9", StringComparison.Ordinal), checkpoints).ShouldBe((1, "entry 5 is broken"));
        Run(key, entries[..(entries.TrimEnd('\n').LastIndexOf('\n') + 1)], checkpoints).Output.ShouldContain("entry 12, seen by checkpoint 2");
        Run(key, entries, checkpoints.Replace("\"number\":4", "\"number\":5", StringComparison.Ordinal)).ShouldBe((1, "checkpoint 1 is forged"));
    }

    private (int Code, string Output) Run(string key, string entries, string checkpoints)
    {
        var files = new[] { ("verify.py", Block("python verify")), ("ledger.key", key), ("ledger.jsonl", entries), ("checkpoints.jsonl", checkpoints) };
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder.FullName, name), text);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", files.Select(file => file.Item1))
            {
                WorkingDirectory = folder.FullName, RedirectStandardError = true, RedirectStandardOutput = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not installed; the program of docs/ledger.md cannot be run.");
            throw;
        }
    }
}
