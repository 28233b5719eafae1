using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;

namespace Prunella.Simulation;

/// <summary>The life of an incident as timelines, without faults.</summary>
public class HistoryTests
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private static CourseStep Step(string action) => new(action, None, "playbook:test", "because");

    [Fact]
    public async Task SafeActionThatHelps_ResolvesWithIntentAndOutcome()
    {
        using var simulator = new Simulator(1);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["Trouble"] = [Step("restart-pod")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(3));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Resolved);
        incident.LastAttempt!.Validation.ShouldBe(ValidationResult.Fixed);
        simulator.World.Effects.ShouldHaveSingleItem().Action.ShouldBe("restart-pod");
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task IneffectiveReversibleAction_IsUndone_ThenNextActionIsTried()
    {
        using var simulator = new Simulator(2);
        var api = simulator.Add("api", cure: "restart-pod");
        simulator.Courses["Trouble"] = [Step("raise-memory-limit"), Step("restart-pod")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(20));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Resolved);
        incident.Attempts.Select(attempt => attempt.Validation).ShouldBe([ValidationResult.NotFixed, ValidationResult.Fixed]);
        incident.Attempts[0].UndoText.ShouldBe("restored");
        api.Memory.ShouldBe(1);
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task NothingHelps_EscalatesAfterThreshold()
    {
        using var simulator = new Simulator(3) { EscalateAfter = 1 };
        simulator.Add("api");
        simulator.Courses["Trouble"] = [Step("restart-pod"), Step("raise-memory-limit")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(20));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Escalated);
        incident.Attempts.Count.ShouldBe(1);
        incident.Advice.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task NeedsApproval_SilenceEscalates_AndNothingHappens()
    {
        using var simulator = new Simulator(4);
        simulator.Add("api", cure: "rollback-rollout");
        simulator.Courses["Trouble"] = [Step("rollback-rollout")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(10));

        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Escalated);
        simulator.World.Effects.ShouldBeEmpty();
        (await simulator.Store.ListApprovalsAsync(false, 10, default)).Single().State.ShouldBe(ApprovalState.Expired);
    }

    [Fact]
    public async Task NeedsApproval_ApprovedInTime_Executes()
    {
        using var simulator = new Simulator(5);
        simulator.Add("api", cure: "rollback-rollout");
        simulator.Courses["Trouble"] = [Step("rollback-rollout")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);
        await simulator.RunAsync(TimeSpan.FromSeconds(10));

        var asked = (await simulator.Store.ListApprovalsAsync(true, 10, default)).ShouldHaveSingleItem();
        (await simulator.Get<ApprovalDesk>().DecideAsync(asked.Id, Simulator.Ana, true, "go", default)).Kind.ShouldBe(ApprovalAnswerKind.Recorded);
        (await simulator.Get<ApprovalDesk>().DecideAsync(asked.Id, Simulator.Ana, false, "no", default)).Kind.ShouldBe(ApprovalAnswerKind.AlreadyDecided);
        await simulator.RunAsync(TimeSpan.FromMinutes(5));

        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Resolved);
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task SystemOrViewer_CannotApprove()
    {
        using var simulator = new Simulator(6);
        simulator.Add("api");
        simulator.Courses["Trouble"] = [Step("rollback-rollout")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);
        await simulator.RunAsync(TimeSpan.FromSeconds(10));
        var asked = (await simulator.Store.ListApprovalsAsync(true, 10, default)).Single();

        foreach (var person in new[] { new Person("vera", Role.Viewer), new Person(" Prunella ", Role.Admin), new Person("", Role.Admin) })
            (await simulator.Get<ApprovalDesk>().DecideAsync(asked.Id, person, true, "", default)).Kind.ShouldBe(ApprovalAnswerKind.NotEntitled);
        (await simulator.Store.FindApprovalAsync(asked.Id, default))!.State.ShouldBe(ApprovalState.Pending);
    }

    [Fact]
    public async Task Shadow_RecordsAndDoesNothing()
    {
        using var simulator = new Simulator(7, options => options.Stages.Default = Stage.Shadow);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["Trouble"] = [Step("restart-pod")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(3));

        simulator.World.Effects.ShouldBeEmpty();
        var decision = (await simulator.Store.DecisionsAsync(null, DateTimeOffset.MinValue, 10, default)).ShouldHaveSingleItem();
        (decision.Action, decision.WouldBe, decision.Stage).ShouldBe(("restart-pod", "Execute", Stage.Shadow));
    }

    [Fact]
    public async Task ForbiddenAction_IsRefused_WhateverTheStage()
    {
        using var simulator = new Simulator(8);
        simulator.Add("api");
        simulator.Courses["Trouble"] = [Step("delete-namespace")];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(3));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single();
        (incident.State, incident.LastAttempt!.Verdict).ShouldBe((IncidentState.Escalated, "Refuse"));
        simulator.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task ManagedObject_IsNotPatched_ButMayBeRestarted()
    {
        using var simulator = new Simulator(9);
        simulator.Add("api", cure: "raise-memory-limit").ManagedBy = "Helm";
        simulator.Courses["Trouble"] = [Step("raise-memory-limit")];
        simulator.Courses["Other"] = [Step("restart-pod")];
        simulator.Add("web", cure: "restart-pod").ManagedBy = "Helm";
        await simulator.Store.AcceptAsync([simulator.Fire("api"), simulator.Fire("web", "Other")], CancellationToken.None);

        await simulator.RunAsync(TimeSpan.FromMinutes(3));

        simulator.World.Effects.ShouldHaveSingleItem().Action.ShouldBe("restart-pod");
    }

    [Fact]
    public async Task KillSwitch_StopsBetweenVerdictAndExecution()
    {
        using var simulator = new Simulator(10);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["Trouble"] = [Step("restart-pod") with { WaitBefore = TimeSpan.FromSeconds(30) }];
        await simulator.Store.AcceptAsync([simulator.Fire("api")], CancellationToken.None);
        await simulator.RunAsync(TimeSpan.FromSeconds(10));
        await simulator.Get<KillSwitch>().SetAsync(true, Simulator.Ana, "drill", default);

        await simulator.RunAsync(TimeSpan.FromMinutes(3));

        simulator.World.Effects.ShouldBeEmpty();
        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Escalated);
    }

    [Fact]
    public async Task ResolvedAlertWhileAsked_WithdrawsTheQuestion()
    {
        using var simulator = new Simulator(11);
        simulator.Add("api");
        simulator.Courses["Trouble"] = [Step("rollback-rollout")];
        var firing = simulator.Fire("api", source: "alertmanager");
        await simulator.Store.AcceptAsync([firing], default);
        await simulator.RunAsync(TimeSpan.FromSeconds(10));
        await simulator.Store.AcceptAsync([firing with { Id = new SignalId(new Guid(9, 9, 9, new byte[8])), Status = SignalStatus.Resolved, EndsAt = simulator.Time.GetUtcNow() }], default);

        await simulator.RunAsync(TimeSpan.FromSeconds(10));

        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Resolved);
        (await simulator.Store.ListApprovalsAsync(false, 10, default)).Single().State.ShouldBe(ApprovalState.Withdrawn);
    }

    [Fact]
    public async Task AlertWithoutTargetThatNeedsNothing_IsClosedAndNobodyIsTold()
    {
        using var simulator = new Simulator(12);
        simulator.Courses["Watchdog"] = [];
        await simulator.Store.AcceptAsync([simulator.Fire("nobody", "Watchdog")], default);

        await simulator.RunAsync(TimeSpan.FromSeconds(30));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single();
        incident.State.ShouldBe(IncidentState.Closed);
        incident.Evidence.ShouldContain(fact => fact.Text.StartsWith("the target cannot be told", StringComparison.Ordinal));
        (await simulator.Store.DueNoticesAsync(simulator.Time.GetUtcNow(), 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task UnresolvableTarget_EscalatesAndNeverGuesses()
    {
        using var simulator = new Simulator(12);
        simulator.Courses["Trouble"] = [Step("restart-pod")];
        simulator.Add("api");
        await simulator.Store.AcceptAsync([simulator.Fire("nobody")], default);

        await simulator.RunAsync(TimeSpan.FromSeconds(30));

        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Escalated);
        simulator.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task Storm_PausesAutomation()
    {
        using var simulator = new Simulator(13);
        for (var number = 1; number <= 6; number++) simulator.Add($"w{number}", ready: number <= 5 ? 0 : 3, cure: "restart-pod");
        simulator.Courses["Trouble"] = [Step("restart-pod")];
        await simulator.Store.AcceptAsync([.. Enumerable.Range(1, 5).Select(number => simulator.Fire($"w{number}"))], default);

        await simulator.RunAsync(TimeSpan.FromMinutes(5));

        simulator.World.Effects.ShouldBeEmpty();
        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldAllBe(incident => incident.State == IncidentState.Escalated);
    }
}
