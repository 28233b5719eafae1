using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;
using Prunella.Commands;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Tests.Commands;

public sealed class CommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_WithoutServer_SaysWhereItLookedAndEndsWith4()
    {
        var result = await CommandRun.RunAsync("status", "--server", "http://127.0.0.1:1");

        result.Code.ShouldBe((int)ExitCode.Unreachable);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("http://127.0.0.1:1/ cannot be reached");
        result.Error.ShouldContain("prunella serve");
    }

    [Theory]
    [InlineData("status", "--server", "ftp://x")]
    [InlineData("incident", "report", "api-server", "-s", "x")]
    [InlineData("token", "create", "ana", "--expires-in", "soon")]
    [InlineData("serve", "--once")]
    [InlineData("ledger", "export")]
    [InlineData("approve", "12345678")]
    public async Task MisusedCommand_EndsWith2(params string[] arguments) => (await CommandRun.RunAsync(arguments)).Code.ShouldBe((int)ExitCode.Usage);

    [Fact]
    public async Task Status_WithoutOrWithAWrongToken_EndsWith5()
    {
        await using var server = await RunningServer.StartAsync();

        (await CommandRun.RunAsync("status", "--server", server.Address.ToString())).Code.ShouldBe((int)ExitCode.NotEntitled);
        (await CommandRun.RunAsync("status", "--server", server.Address.ToString(), "--token", "prn_no")).Code.ShouldBe((int)ExitCode.NotEntitled);
    }

    [Fact]
    public async Task Decide_BySomeoneWithoutTheRole_EndsWith5AndSaysWhichRoleItTakes()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await AskedAsync(server);

        var result = await AsAsync(server, Role.Viewer, "approve", id, "--reason", "x");

        result.Code.ShouldBe((int)ExitCode.NotEntitled);
        result.Error.ShouldContain("Approver");
    }

    [Fact]
    public async Task Approve_ByTheLastCharacters_IsRecordedWithNameAndReasonAndCannotBeRepeated()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await AskedAsync(server);

        (await AsAsync(server, Role.Approver, "approval", "list")).Output.ShouldContain(id[^8..]);
        var approved = await AsAsync(server, Role.Approver, "approve", id[^8..], "--reason", "it is bad");
        approved.Code.ShouldBe(0, approved.Error);
        approved.Output.ShouldContain("Approved");
        var stored = (await server.Store.ListApprovalsAsync(pendingOnly: false, 10, Cancellation)).ShouldHaveSingleItem();
        (stored.State, stored.DecidedBy, stored.Reason).ShouldBe((ApprovalState.Approved, "Approver", "it is bad"));

        (await AsAsync(server, Role.Approver, "reject", id, "--reason", "too late")).Code.ShouldBe((int)ExitCode.Conflict);
    }

    [Fact]
    public async Task IncidentShow_OfNone_EndsWith6()
    {
        await using var server = await RunningServer.StartAsync();

        (await AsAsync(server, Role.Viewer, "incident", "show", "inc-00000000-00000000")).Code.ShouldBe((int)ExitCode.NotFound);
    }

    [Fact]
    public async Task IncidentList_WithHostileText_ShowsItInert()
    {
        await using var server = await RunningServer.StartAsync();
        await OpenAsync(server, "\u001b[2J\u202Eevil[red]markup[/]");

        var table = await AsAsync(server, Role.Viewer, "incident", "list");
        table.Code.ShouldBe(0, table.Error);
        table.Output.ShouldNotContain('\u001b');
        table.Output.ShouldNotContain('\u202E');
        var flat = string.Concat(table.Output.Where(c => !char.IsWhiteSpace(c)));
        flat.ShouldContain("\\u{1B}[2J\\u{202E}evil[red]markup[/]");

        var json = await AsAsync(server, Role.Viewer, "incident", "list", "-o", "json");
        json.Output.ShouldNotContain('\u001b');
        JsonDocument.Parse(json.Output).RootElement.GetProperty("items")[0].GetProperty("title").GetString().ShouldBe("\u001b[2J\u202Eevil[red]markup[/]");
    }

    [Fact]
    public async Task IncidentShow_ByItsShortForm_ShowsTheStory()
    {
        await using var server = await RunningServer.StartAsync();
        var incident = await OpenAsync(server, "it burns");

        var shown = await AsAsync(server, Role.Viewer, "incident", "show", incident.Id.Short);

        shown.Code.ShouldBe(0, shown.Error);
        shown.Output.ShouldContain("it burns");
        shown.Output.ShouldContain("Deployment shop/api");
    }

    [Fact]
    public async Task KillSwitch_OnAndOff_IsInTheLedgerWithTheReason()
    {
        await using var server = await RunningServer.StartAsync();

        (await AsAsync(server, Role.Operator, "kill-switch", "on", "--reason", "drill")).Output.ShouldContain("ON");
        (await AsAsync(server, Role.Viewer, "kill-switch", "status")).Output.ShouldContain("drill");
        (await AsAsync(server, Role.Operator, "kill-switch", "off", "--reason", "drill over")).Output.ShouldContain("off");
        (await AsAsync(server, Role.Viewer, "ledger", "show", "-o", "json")).Output.ShouldContain("drill over");
        (await AsAsync(server, Role.Viewer, "ledger", "verify")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task StageSet_OfNoScope_SaysWhatAScopeIs()
    {
        await using var server = await RunningServer.StartAsync();

        var result = await AsAsync(server, Role.Operator, "stage", "set", "shop", "full", "--reason", "x");

        result.Code.ShouldBe((int)ExitCode.Usage);
        result.Error.ShouldContain("namespace/class");
        (await AsAsync(server, Role.Operator, "stage", "set", "shop/Safe", "full", "--reason", "x")).Code.ShouldBe(0);
        (await AsAsync(server, Role.Viewer, "stage", "list")).Output.ShouldContain("shop/Safe");
    }

    [Fact]
    public async Task Token_MadeUsedAndRevoked_HoldsInBetweenOnly()
    {
        await using var server = await RunningServer.StartAsync();

        var made = await AsAsync(server, Role.Admin, "token", "create", "ana", "--role", "viewer");
        var secret = made.Output.Trim();
        secret.ShouldStartWith("prn_");
        (await CommandRun.RunAsync("status", "--server", server.Address.ToString(), "--token", secret)).Code.ShouldBe(0);
        (await AsAsync(server, Role.Admin, "token", "create", "ana")).Code.ShouldBe((int)ExitCode.Conflict);
        (await AsAsync(server, Role.Admin, "token", "create", "prunella")).Code.ShouldBe((int)ExitCode.Usage);
        (await AsAsync(server, Role.Admin, "token", "list")).Output.ShouldNotContain(secret);
        (await AsAsync(server, Role.Admin, "token", "revoke", "ana")).Code.ShouldBe(0);
        (await CommandRun.RunAsync("status", "--server", server.Address.ToString(), "--token", secret)).Code.ShouldBe((int)ExitCode.NotEntitled);
    }

    [Fact]
    public async Task TokenForConfig_AsksNoServerAndFitsItsHash()
    {
        var result = await CommandRun.RunAsync("token", "create", "ana", "--role", "admin", "--for-config");

        result.Code.ShouldBe(0, result.Error);
        result.Error.ShouldContain(TokenSecret.Hash(result.Output.Trim()));
    }

    [Fact]
    public async Task Report_OpensASignalForTheTarget()
    {
        await using var server = await RunningServer.StartAsync();

        (await AsAsync(server, Role.Operator, "incident", "report", "Deployment/api-server", "-n", "shop", "-s", "checkout hangs")).Code.ShouldBe(0);

        var signal = (await server.Store.PendingSignalsAsync(10, Cancellation)).ShouldHaveSingleItem();
        (signal.Source, signal.Label("deployment"), signal.Label("namespace"), signal.Annotations["reported_by"]).ShouldBe(("person", "api-server", "shop", "Operator"));
    }

    [Fact]
    public async Task Catalogues_AreListed()
    {
        await using var server = await RunningServer.StartAsync();

        (await AsAsync(server, Role.Viewer, "action", "list")).Output.ShouldContain("Forbidden");
        (await AsAsync(server, Role.Viewer, "limits")).Output.ShouldContain("gate:cooldown");
        (await AsAsync(server, Role.Viewer, "breaker", "list")).Code.ShouldBe(0);
    }

    private static async Task<CommandRun.Result> AsAsync(RunningServer server, Role role, params string[] arguments)
    {
        var tokens = server.Services.GetRequiredService<TokenBook>();
        await tokens.RevokeAsync(role.ToString(), "test", Cancellation);
        var token = (await tokens.CreateAsync(role.ToString(), role, null, "test", Cancellation))!;
        return await CommandRun.RunAsync([.. arguments, "--server", server.Address.ToString(), "--token", token]);
    }

    internal static async Task<Incident> OpenAsync(RunningServer server, string title)
    {
        var now = TimeProvider.System.GetUtcNow();
        var ids = server.Services.GetRequiredService<IdSource>();
        var signal = new Signal { Id = new SignalId(ids.Next()), Source = "test", Fingerprint = "f", Status = SignalStatus.Firing, Name = "A", StartsAt = now, ReceivedAt = now };
        var incident = new Incident
        {
            Id = new IncidentId(ids.Next()), Target = new Target("default", "shop", "Deployment", "api"), Family = "general", Title = title, State = IncidentState.Opened,
            StartedAt = now, NoticedAt = now, FirstSignal = signal,
        };
        return (await server.Store.CommitAsync(new StoreChange { Incidents = [incident] }, Cancellation))[0];
    }

    internal static async Task<string> AskedAsync(RunningServer server)
    {
        var incident = await OpenAsync(server, "bad release");
        var now = TimeProvider.System.GetUtcNow();
        var approval = new Approval
        {
            Id = new ApprovalId(server.Services.GetRequiredService<IdSource>().Next()), Incident = incident.Id, Digest = new string('a', 64), Action = "rollback-rollout", Target = incident.Target,
            Recommendation = "go back", RequestedAt = now, ExpiresAt = now.AddMinutes(5),
        };
        await server.Store.CommitAsync(new StoreChange { Approvals = [approval] }, Cancellation);
        return approval.Id.ToString();
    }
}
