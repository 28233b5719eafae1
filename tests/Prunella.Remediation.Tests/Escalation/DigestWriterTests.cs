using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Escalation;

namespace Prunella.Remediation.Tests.Escalation;

public sealed class DigestWriterTests
{
    private static EscalationPolicyOptions Daily(params string[] sinks)
    {
        var policy = new EscalationPolicyOptions { Digest = new DigestOptions { At = "0 8 * * *", TimeZone = "Europe/Berlin" } };
        policy.Digest.Sinks.AddRange(sinks);
        return policy;
    }

    private static async Task<IReadOnlyList<Notice>> WrittenAsync(Office office) =>
        [.. (await office.Store.DueNoticesAsync(DateTimeOffset.MaxValue, 1_000, default)).Select(pending => pending.Notice).Where(notice => notice.Kind == NoticeKind.Digest).DistinctBy(notice => notice.Key)];

    [Fact]
    public async Task Digest_IsWrittenAtItsTime_Once_AndTellsWhoIsStillNeeded()
    {
        var office = new Office(Daily(), "slack");
        await office.Digests.WriteIfDueAsync(default);
        var taken = await office.EscalateAsync();
        office.Time.Advance(TimeSpan.FromSeconds(1));
        var open = await office.EscalateAsync();
        await office.Desk.AcknowledgeAsync(taken.Id, new(Name: "alice", Role: Approvals.Role.Approver), "", default);
        var (mended, change) = Remediation.Execution.Endings.Resolved(office.Samples.Incident() with { ActedAt = office.Time.GetUtcNow() }, "restart-pod fixed it", null, office.Time.GetUtcNow());
        await office.Store.CommitAsync(change with { Incidents = [mended] }, default);
        await office.Digests.WriteIfDueAsync(default);
        (await WrittenAsync(office)).ShouldBeEmpty("08:00 in Berlin is 07:00 UTC in January");

        office.Time.SetUtcNow(new DateTimeOffset(2026, 1, 31, 7, 0, 1, TimeSpan.Zero));
        await office.Digests.WriteIfDueAsync(default);
        await office.Digests.WriteIfDueAsync(default);
        var digest = (await WrittenAsync(office)).Single();
        digest.Title.ShouldBe("3 incidents: 1 mended, 0 over without an action, 2 handed to people");
        digest.Body.ShouldContain($"Nobody looks at these (1):\n  {open.Id.Short}");
        digest.Body.ShouldContain("alice looks at it");
        digest.Body.ShouldContain("restart-pod fixed it");
    }

    [Fact]
    public async Task Digest_ThatFellIntoADowntime_IsWrittenAtTheNextStart_AsOneForAllOfIt()
    {
        var office = new Office(Daily(), "slack");
        await office.Digests.WriteIfDueAsync(default);
        await office.EscalateAsync();
        office.Time.Advance(TimeSpan.FromDays(3));
        await new DigestWriter(office.Store, office.Policy, office.Time).WriteIfDueAsync(default);
        (await WrittenAsync(office)).Single().Title.ShouldStartWith("1 incident:");
    }

    [Fact]
    public async Task Digest_OfAQuietTime_SaysThatNothingHappened_AndTheFirstStartSaysNothing()
    {
        var office = new Office(Daily(), "slack");
        await office.Digests.WriteIfDueAsync(default);
        (await WrittenAsync(office)).ShouldBeEmpty();
        office.Time.Advance(TimeSpan.FromDays(1));
        await office.Digests.WriteIfDueAsync(default);
        (await WrittenAsync(office)).Single().Title.ShouldBe("Nothing happened");
    }

    [Theory]
    [InlineData("", "email slack")]
    [InlineData("email", "email")]
    public async Task Digest_GoesToWhoIsNamed_AndNeverWakesByItself(string named, string expected)
    {
        var office = new Office(named.Length > 0 ? Daily(named) : Daily(), "slack", "pagerduty", "opsgenie", "email");
        await office.TellAsync(new Notice(NoticeKind.Digest, "digest/1", null, "Nothing happened", "", office.Time.GetUtcNow()) { Severity = Severity.Info });
        await office.PassAsync(TimeSpan.FromMinutes(1));
        string.Join(' ', office.Told.Select(told => told.Sink).Order(StringComparer.Ordinal)).ShouldBe(expected);
    }
}
