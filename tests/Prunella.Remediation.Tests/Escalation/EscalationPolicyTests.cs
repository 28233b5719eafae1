using System.ComponentModel.DataAnnotations;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Limits;

namespace Prunella.Remediation.Tests.Escalation;

public sealed class EscalationPolicyTests
{
    private static readonly Person Alice = new("alice", Role.Approver);

    private static EscalationPolicyOptions Steps()
    {
        var policy = new EscalationPolicyOptions();
        policy.Steps.Add(new EscalationStep { Sinks = { "slack" } });
        policy.Steps.Add(new EscalationStep { After = TimeSpan.FromMinutes(10), Sinks = { "pagerduty" } });
        policy.Steps.Add(new EscalationStep { After = TimeSpan.FromMinutes(30), Sinks = { "email-lead" } });
        return policy;
    }

    // The samples begin at 03:00 UTC, within them.
    private static EscalationPolicyOptions Quiet(string begins = "0 22 * * *", int hours = 9)
    {
        var policy = new EscalationPolicyOptions { Digest = new DigestOptions { At = "0 7 * * *" } };
        policy.QuietHours.Windows.Add(new Window { Name = "night", Begins = begins, Lasts = TimeSpan.FromHours(hours) });
        return policy;
    }

    [Fact]
    public async Task NobodyAnswers_EachStepIsToldOnceAfterItsTime()
    {
        var office = new Office(Steps(), "log", "slack", "pagerduty", "email-lead");
        await office.EscalateAsync();
        await office.PassAsync(TimeSpan.FromHours(2));
        office.Told.ShouldBe([("log", NoticeKind.Escalated, 0), ("slack", NoticeKind.Escalated, 0), ("pagerduty", NoticeKind.Escalated, 10), ("email-lead", NoticeKind.Escalated, 30)]);
    }

    [Fact]
    public async Task SomebodyLooksAtIt_LaterStepsAreNotTold_AndWhoWasToldHearsIt()
    {
        var office = new Office(Steps(), "slack", "pagerduty", "email-lead");
        var incident = await office.EscalateAsync();
        await office.PassAsync(TimeSpan.FromMinutes(15));
        await office.Desk.AcknowledgeAsync(incident.Id, Alice, "restoring", default);
        await office.PassAsync(TimeSpan.FromHours(1));
        office.Told.Select(told => (told.Sink, told.Kind)).ShouldBe([("slack", NoticeKind.Escalated), ("pagerduty", NoticeKind.Escalated), ("slack", NoticeKind.Acknowledged), ("pagerduty", NoticeKind.Acknowledged)]);
    }

    [Fact]
    public async Task ARestartBetweenTwoSteps_ForgetsNothingAndRepeatsNothing()
    {
        var office = new Office(Steps(), "slack", "pagerduty", "email-lead");
        await office.EscalateAsync();
        for (var restart = 0; restart < 8; restart++)
        {
            await office.PassAsync(TimeSpan.FromMinutes(5));
            office.Dispatcher = office.Restarted();
        }
        office.Told.Select(told => told.Sink).ShouldBe(["slack", "pagerduty", "email-lead"]);
    }

    [Fact]
    public async Task AnApprovalThatIsDecided_WakesNobodyElse_AndALaterStepDoesNotHearOfTheDecision()
    {
        var office = new Office(Steps(), "slack", "pagerduty");
        var incident = await office.EscalateAsync();
        var approval = office.Samples.Approval(incident.Id);
        await office.Store.CommitAsync(new() { Approvals = [approval] }, default);
        office.Told.Clear();
        var asked = new Notice(NoticeKind.ApprovalAsked, $"approval/{approval.Id}", incident.Id, "May I?", "…", office.Time.GetUtcNow()) { Approval = new ApprovalAsk(approval.Id.ToString(), "restart", "x", "", "", "", office.Time.GetUtcNow().AddHours(1), 1) };
        await office.TellAsync(asked);
        await office.PassAsync(TimeSpan.FromMinutes(1));
        var stored = await office.Store.FindApprovalAsync(approval.Id, default);
        await office.Store.CommitAsync(new() { Approvals = [stored! with { State = ApprovalState.Approved }], Notices = [new Notice(NoticeKind.ApprovalSettled, $"approval-settled/{approval.Id}", incident.Id, "approved", "approved", office.Time.GetUtcNow())] }, default);
        office.Told.ShouldContain(("slack", NoticeKind.ApprovalAsked, 0));
        await office.PassAsync(TimeSpan.FromHours(1));
        office.Told.ShouldNotContain(told => told.Sink == "pagerduty" && told.Kind == NoticeKind.ApprovalAsked);
        office.Told.ShouldContain(told => told.Sink == "slack" && told.Kind == NoticeKind.ApprovalSettled);
    }

    [Fact]
    public async Task QuietHours_HoldWhatIsNotUrgentUntilTheirEnd_AndNeverWhatIsCritical()
    {
        var office = new Office(Quiet(), "log", "slack");
        await office.EscalateAsync();
        await office.EscalateAsync(Severity.Critical);
        await office.PassAsync(TimeSpan.FromHours(5));
        // 03:00 to 07:00 are 240 minutes; the log keeps no hours.
        office.Told.OrderBy(told => told.Minutes).ThenBy(told => told.Sink, StringComparer.Ordinal).ShouldBe([("log", NoticeKind.Escalated, 0), ("log", NoticeKind.Escalated, 0), ("slack", NoticeKind.Escalated, 0), ("slack", NoticeKind.Escalated, 240)]);
    }

    [Fact]
    public async Task QuietHours_ThatFollowEachOther_HoldUntilTheLastEnds()
    {
        var policy = Quiet();
        policy.QuietHours.Windows.Add(new Window { Name = "early", Begins = "0 7 * * *", Lasts = TimeSpan.FromHours(1) });
        var office = new Office(policy, "slack");
        await office.EscalateAsync();
        await office.PassAsync(TimeSpan.FromHours(6));
        office.Told.ShouldBe([("slack", NoticeKind.Escalated, 300)]);
    }

    [Fact]
    public async Task WhatWasHeldAndIsOver_IsNotToldInTheMorning()
    {
        var office = new Office(Quiet(), "slack");
        var incident = await office.EscalateAsync();
        await office.PassAsync(TimeSpan.FromMinutes(5));
        await office.Store.CommitAsync(new() { Incidents = [incident with { OverAt = office.Time.GetUtcNow(), OpenSeries = [] }] }, default);
        await office.PassAsync(TimeSpan.FromHours(5));
        office.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task ABrokenSafetySwitch_IsToldInTheNightToo()
    {
        var office = new Office(Quiet(), "slack");
        await office.TellAsync(new Notice(NoticeKind.Safety, "breaker/x", null, "Breaker opened", "", office.Time.GetUtcNow()) { Severity = Severity.Critical });
        await office.TellAsync(new Notice(NoticeKind.Safety, "stage/x", null, "Stage raised", "", office.Time.GetUtcNow()) { Severity = Severity.Info });
        await office.PassAsync(TimeSpan.FromHours(5));
        office.Told.ShouldBe([("slack", NoticeKind.Safety, 0), ("slack", NoticeKind.Safety, 240)]);
    }

    [Fact]
    public void WrongOptions_AreAllNamedWithTheirKeys()
    {
        var policy = Steps();
        policy.Steps.Add(new EscalationStep { After = TimeSpan.FromDays(30), Sinks = { "slack" } });
        policy.Steps.Add(new EscalationStep());
        policy.QuietHours.TimeZone = "Mars/Olympus";
        policy.QuietHours.Windows.Add(new Window { Name = "n", Begins = "at night" });
        var problems = policy.Validate(new ValidationContext(policy)).Select(problem => $"{problem.MemberNames.Single()} {problem.ErrorMessage}").ToList();
        problems.ShouldContain(text => text.StartsWith("steps:3:after is", StringComparison.Ordinal));
        problems.ShouldContain(text => text.StartsWith("steps:4:sinks must name", StringComparison.Ordinal));
        problems.ShouldContain(text => text.StartsWith("steps names the sink 'slack' in 2 steps", StringComparison.Ordinal));
        problems.ShouldContain(text => text.StartsWith("quietHours:timeZone is 'Mars/Olympus'", StringComparison.Ordinal));
        problems.ShouldContain(text => text.StartsWith("quietHours:windows:0:begins is 'at night'", StringComparison.Ordinal));
        problems.ShouldContain(text => text.StartsWith("digest:at is missing", StringComparison.Ordinal));
        Quiet().Validate(new ValidationContext(policy)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Acknowledge_TakesTheRoleApprover_KeepsTheFirstWord_AndIsInTheLedger()
    {
        var office = new Office(new EscalationPolicyOptions(), "slack");
        var incident = await office.EscalateAsync();
        await Should.ThrowAsync<NotEntitledException>(() => office.Desk.AcknowledgeAsync(incident.Id, new Person("vera", Role.Viewer), "", default));
        await Task.WhenAll(office.Desk.AcknowledgeAsync(incident.Id, Alice, "mine", default), office.Desk.AcknowledgeAsync(incident.Id, new Person("bob", Role.Admin), "no, mine", default));
        var stored = await office.Store.FindIncidentAsync(incident.Id, default);
        stored!.Acknowledged!.By.ShouldBe("alice");
        (await office.Store.ReadLedgerAsync(incident.Id.ToString(), 100, default)).Count(entry => entry.Kind == "acknowledged").ShouldBe(1);
        (await office.Desk.AcknowledgeAsync(new IncidentId(Guid.Empty), Alice, "", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Judge_TakesTheRoleApprover_AndCountsInTheFiguresOfTheStage()
    {
        var office = new Office(new EscalationPolicyOptions(), "slack");
        var incident = await office.EscalateAsync();
        await office.Store.CommitAsync(new() { Decisions = [office.Samples.Decision(incident.Id, "d1")] }, default);
        await Should.ThrowAsync<NotEntitledException>(() => office.Desk.JudgeAsync(incident.Id, new Person("vera", Role.Viewer), right: true, "", default));
        await office.Desk.JudgeAsync(incident.Id, Alice, right: false, "it was the node", default);
        var changed = await office.Desk.JudgeAsync(incident.Id, Alice, right: true, "", default);
        changed!.Feedback.ShouldNotBeNull().Right.ShouldBeTrue();
        (await office.Store.DecisionsAsync(null, DateTimeOffset.UnixEpoch, 10, default)).Single().ShouldSatisfyAllConditions(decision => decision.Agreed.ShouldBe(true), decision => decision.ReviewedBy.ShouldBe("alice"));
        (await office.Store.ReadLedgerAsync(incident.Id.ToString(), 100, default)).Count(entry => entry.Kind == "feedback").ShouldBe(2);
    }
}
