using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Commands;
using Prunella.Commands.Playbooks;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Tests.Commands.Playbooks;

public sealed class PlaybookCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ShippedPlaybooks_FitTheActionsOfEveryModule()
    {
        using var services = PlaybookInputs.Services(kubernetes: null);
        var catalogue = services.GetRequiredService<ActionCatalogue>();
        var playbooks = PlaybookExtensions.Load(new PlaybookOptions(), catalogue.All);
        playbooks.All.Count.ShouldBe(14);
        playbooks.All.SelectMany(playbook => playbook.UnavailableActions).Except(["expand-volume", "cordon-node", "drain-node", "raise-connection-limit"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_TheSamples_HaveNoError()
    {
        var (code, stdout, stderr) = await RunAsync("playbook", "check", Sample(""));
        code.ShouldBe(0, stdout + stderr);
        stdout.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_ABadFile_NamesEveryErrorOnStdoutAndExitsWith1()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "name: x\nversion: 1\nacton: 3\n", Cancellation);
        var (code, stdout, stderr) = await RunAsync("playbook", "check", file, "/does/not/exist.yaml");
        File.Delete(file);
        code.ShouldBe(1);
        stdout.ShouldContain($"{file}:3:1: acton: unknown key 'acton' of playbook. Did you mean 'actions'?");
        stdout.ShouldContain("/does/not/exist.yaml:1:1: the file cannot be read");
        stderr.ShouldContain("error(s)");
    }

    [Fact]
    public async Task Explain_WithoutMetrics_SaysWhatCouldNotBeAsked()
    {
        var (code, stdout, _) = await RunAsync("playbook", "explain", Sample("pool-alert.json"), "--output", "json");
        code.ShouldBe(0);
        var explanation = JsonDocument.Parse(stdout).RootElement[0];
        explanation.GetProperty("target").GetString().ShouldBe("Deployment shop/api-server");
        explanation.GetProperty("outcome").GetString().ShouldStartWith("Nothing could be verified");
        explanation.GetProperty("playbooks")[0].GetProperty("name").GetString().ShouldBe("connection-pool-exhausted");
    }

    [Theory]
    [InlineData("""{"labels":{"alertname":"Watchdog"},"startsAt":"2026-03-14T03:00:00Z","status":{"state":"active"}}""", "Nothing is wrong")]
    [InlineData("""{"name":"CertificateExpiring","labels":{"namespace":"shop"}}""", "A person would be called at once")]
    [InlineData("""{"name":"SomethingElse"}""", "No playbook is for this alert")]
    public async Task Explain_OneAlertOrAGenericSignal_IsAccepted(string body, string outcome)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, body, Cancellation);
        var (code, stdout, stderr) = await RunAsync("playbook", "explain", file);
        File.Delete(file);
        code.ShouldBe(0, stderr);
        stdout.ShouldContain(outcome);
    }

    [Fact]
    public async Task Show_PrintsTheFile_AndAnUnknownNameIsNotFound()
    {
        (await RunAsync("playbook", "show", "cache-stale")).Stdout.ShouldStartWith("name: cache-stale");
        (await RunAsync("playbook", "show", "nope")).Code.ShouldBe((int)ExitCode.NotFound);
    }

    [Fact]
    public void EveryAction_HasOneClassAcrossDrivers()
    {
        using var services = PlaybookInputs.Services(kubernetes: null);
        services.GetRequiredService<ActionCatalogue>().Find("rotate-connection-pool")!.Class.ShouldBe(ActionClass.Safe);
    }

    private static async Task<(int Code, string Stdout, string Stderr)> RunAsync(params string[] arguments)
    {
        using var stdout = new StringWriter();
        using var stderr = new StringWriter();
        var code = await RootCommands.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = stdout, Error = stderr }, Cancellation);
        return (code, stdout.ToString(), stderr.ToString());
    }

    private static string Sample(string name) => Path.Combine(Checkout.Root, "samples", "playbooks", name);
}
