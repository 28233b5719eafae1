using System.Text.RegularExpressions;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd;

/// <summary>What a newcomer runs first.</summary>
public partial class DemoTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_PlaysEveryFaultToTheEndItHasToCome()
    {
        var (exitCode, output) = await ChildProcess.RunAsync("dotnet", [Repository.Executable, "serve", "--demo", "--once", "--urls", "http://127.0.0.1:0"], Repository.Root, Cancellation);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Every outcome is as it has to be.");
        output.ShouldContain("its chain is intact");
        foreach (var word in new[] { "Refuse", "approved", "rejected", "undone", "Escalate", "to a person" }) output.ShouldContain(word);
        output.ShouldContain("Models: none is configured.");
        output.ShouldContain("Asked \"what are the most common errors\"");
        Row().Count(output).ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task Demo_IsEndedByCtrlCWithoutAnError()
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        using var demo = ChildProcess.Start("the demo", "dotnet", [Repository.Executable, "serve", "--demo", "--urls", address.ToString()], Repository.Root);
        await demo.UntilAnswersAsync(new Uri(address, "/readyz"), Cancellation);
        await Patience.UntilAsync(() => Task.FromResult(demo.Output.Contains(" breaks ", StringComparison.Ordinal)), "the first fault", () => demo.Output);

        (await demo.InterruptAsync()).ShouldBe(0, demo.Output);
        demo.Output.ShouldContain("Stopped.");
        demo.Output.ShouldNotContain("Exception");
    }

    [GeneratedRegex(@"^inc-.* yes\s*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
