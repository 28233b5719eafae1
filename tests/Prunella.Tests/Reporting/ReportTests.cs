using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Prunella.Auth;
using Prunella.Commands;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Reporting;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Reporting;

/// <summary>The report's numbers against incidents that are known.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Now);
    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync([new("report:minutesByHand", "30"), new("report:hourlyRate", "100"), new("report:currency", "EUR")], time: time);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Report_CountsWhatHappened_AgainstTheTimeBefore()
    {
        await SowAsync();
        using var viewer = await server.AsAsync(Role.Viewer);
        var report = (await viewer.GetFromJsonAsync<OperationsReport>("/api/v1/report?days=7", ServerConnection.Json, Cancellation))!;

        var period = report.Period;
        (period.Incidents, period.Alerts, period.HealedAlone, period.HealedApproved, period.WentAway, period.Escalated, period.Observed, period.Open).ShouldBe((7, 16, 2, 1, 1, 1, 1, 1));
        period.Interventions.ShouldBe(2);
        period.AloneShare!.Value.ShouldBe(0.4, 1e-9);
        period.Detect.MeanSeconds!.Value.ShouldBe(5, 1e-9);
        (period.Recover.Count, period.Recover.MedianSeconds, period.Recover.P90Seconds).ShouldBe((4, 65, 305));
        report.Before.Incidents.ShouldBe(1);
        report.Before.Escalated.ShouldBe(1);
        report.Causes[0].ShouldBe(new ReportCause("oom-killed", 7, 2, 1, 65));
        report.Savings.ShouldBe(new ReportSavings(30, 100, "EUR", 1, 100));
        report.IsCut.ShouldBeFalse();
    }

    [Fact]
    public async Task Command_ShowsIt_AndWritesItAsText()
    {
        await SowAsync();
        var token = await TokenAsync();
        string[] Line(params string[] more) => ["report", "--since", "7d", .. more, "--server", server.Address.ToString(), "--token", token];
        var table = await CommandRun.RunAsync(Line());
        table.Code.ShouldBe(0, table.Error);
        table.Output.ShouldContain("mended and proved without a person");
        table.Output.ShouldContain("100 EUR at 100 EUR an hour");
        (await CommandRun.RunAsync(Line("--as", "markdown"))).Output.ShouldContain("| time to recover, middle | 1 min 5 s | – |");
        var html = (await CommandRun.RunAsync(Line("--as", "html"))).Output;
        html.ShouldStartWith("<!doctype html>");
        html.ShouldContain("<td>handed to people</td><td class=\"n\">1</td><td class=\"n\">1</td>");
        (await CommandRun.RunAsync(Line("--as", "csv"))).Output.ShouldContain("all,interventions of people,2,1\r\n");
        (await CommandRun.RunAsync("report", "--since", "soon", "--token", token)).Code.ShouldBe((int)ExitCode.Usage);
    }

    [Fact]
    public async Task HostileCause_IsOnlyText_InEveryForm()
    {
        await AddAsync(IncidentState.Escalated, Now.AddDays(-1), null, cause: "=HYPERLINK(\"x\")|<script>,\u001b[31m");
        using var viewer = await server.AsAsync(Role.Viewer);
        var html = await viewer.GetStringAsync("/api/v1/report?as=html", Cancellation);
        html.ShouldNotContain("<script>");
        html.ShouldNotContain('\u001b');
        (await viewer.GetStringAsync("/api/v1/report?as=csv", Cancellation)).ShouldContain("cause,\"'=HYPERLINK(\"\"x\"\")|<script>,");
        (await viewer.GetStringAsync("/api/v1/report?as=markdown", Cancellation)).ShouldContain("\\|&lt;script&gt;");
    }

    [Theory]
    [InlineData("days=0")]
    [InlineData("days=367")]
    [InlineData("as=pdf")]
    public async Task WhatCannotBeAnswered_Is400(string query)
    {
        using var viewer = await server.AsAsync(Role.Viewer);
        (await viewer.GetAsync($"/api/v1/report?{query}", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Empty_HasDashesForWhatWasNeverMeasured()
    {
        using var viewer = await server.AsAsync(Role.Viewer);
        var text = await viewer.GetStringAsync("/api/v1/report?as=markdown", Cancellation);
        text.ShouldContain("| incidents | 0 | 0 |");
        text.ShouldContain("| share of what ended | – | – |");
        text.ShouldContain("| time to recover, mean (MTTR) | – | – |");
    }

    private async Task<string> TokenAsync() => (await server.Services.GetRequiredService<TokenBook>().CreateAsync("reader", Role.Viewer, null, "test", Cancellation))!;

    private async Task SowAsync()
    {
        await AddAsync(IncidentState.Resolved, Now.AddDays(-1), 60, signals: 10);
        await AddAsync(IncidentState.Resolved, Now.AddDays(-2), 300);
        await AddAsync(IncidentState.Resolved, Now.AddDays(-3), 100, approved: true);
        await AddAsync(IncidentState.Resolved, Now.AddDays(-3), 10, acted: false);
        await AddAsync(IncidentState.Escalated, Now.AddDays(-4), null);
        await AddAsync(IncidentState.Closed, Now.AddDays(-5), null);
        await AddAsync(IncidentState.Validating, Now.AddHours(-1), null);
        await AddAsync(IncidentState.Closed, Now.AddHours(-2), null, joined: true);
        await AddAsync(IncidentState.Escalated, Now.AddDays(-8), null);
        await AddAsync(IncidentState.Escalated, Now.AddDays(-15), null);
    }

    // Trouble begins five seconds before its notice; recovery counts from the notice.
    private async Task AddAsync(IncidentState state, DateTimeOffset noticed, int? recovered, int signals = 1, bool approved = false, bool acted = true, bool joined = false, string cause = "oom-killed")
    {
        var ids = server.Services.GetRequiredService<IdSource>();
        var target = new Target("default", "shop", "Deployment", "api");
        var id = new IncidentId(ids.Next());
        var proposal = new Proposal { Incident = id, Action = "raise-memory-limit", Target = target, Cause = cause, Confidence = 0.9, ProposedBy = "test", Why = "" };
        var incident = new Incident
        {
            Id = id, Target = target, Family = "pods", Title = "x", State = state, StartedAt = noticed.AddSeconds(-5), NoticedAt = noticed, DecidedAt = noticed.AddSeconds(1), SignalCount = signals,
            RecoveredAt = recovered is { } seconds ? noticed.AddSeconds(seconds) : null, ClosedAt = state == IncidentState.Validating ? null : noticed.AddSeconds(1_000), JoinedInto = joined ? new IncidentId(ids.Next()) : null,
            FirstSignal = new Signal { Id = new SignalId(ids.Next()), Source = "test", Fingerprint = $"{id}", Status = SignalStatus.Firing, Name = "A", StartsAt = noticed, ReceivedAt = noticed },
            Diagnosis = new Diagnosis { Cause = cause, Confidence = 0.9, Summary = "", DecidedBy = "test" },
            Attempts = acted && state is IncidentState.Resolved or IncidentState.Validating ? [new Attempt { Number = 1, Proposal = proposal, ActedAt = noticed.AddSeconds(2), Approval = approved ? new ApprovalId(ids.Next()) : null }] : [],
        };
        await server.Store.CommitAsync(new StoreChange { Incidents = [incident] }, Cancellation);
    }
}
