using Prunella.Kubernetes.Causes.Controllers;

namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class CronJobTroubleTests
{
    // Hand-written after the API's documentation: the API refuses such a schedule; older ones did not.
    [Fact]
    public void Schedule1_ThatCannotBeRead_IsTold() =>
        Diagnosed.From("apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: shop }\nspec: { schedule: '61 * * * *' }\n")
            .Root().ShouldBe("cron-schedule-invalid", "CronJob shop/nightly", "61 * * * *", "kubernetes/cronjob").Summary.ShouldContain("minute");

    // Hand-written after the API's documentation: the API refuses such a schedule; older ones did not.
    [Fact]
    public void Schedule2_ThatCannotBeRead_IsTold() =>
        Diagnosed.From("apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: shop }\nspec: { schedule: '* * * *' }\n")
            .Root().ShouldBe("cron-schedule-invalid", "CronJob shop/nightly", "* * * *", "kubernetes/cronjob").Summary.ShouldContain("4 fields");

    // Hand-written after the API's documentation: the API refuses such a schedule; older ones did not.
    [Fact]
    public void Schedule3_ThatCannotBeRead_IsTold() =>
        Diagnosed.From("apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: shop }\nspec: { schedule: '@fortnightly' }\n")
            .Root().ShouldBe("cron-schedule-invalid", "CronJob shop/nightly", "@fortnightly", "kubernetes/cronjob").Summary.ShouldContain("not known");

    [Fact]
    public void UsualSchedules_AreRead()
    {
        foreach (var schedule in new[] { "*/5 * * * *", "0 3 * * mon-fri", "15,45 0-6/2 1 jan *", "@daily", "CRON_TZ=Europe/Rome 0 3 * * *" })
            CronJobTrouble.FaultOf(schedule).ShouldBeNull(schedule);
    }

    // Hand-written after the controller's sources: a hundred missed starts take longer than a test.
    [Fact]
    public void TooManyMissedStarts_AreTold()
    {
        const string Cron = "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: report, namespace: shop }\nspec: { schedule: '*/5 * * * *' }\nstatus: { lastScheduleTime: '2026-01-01T00:00:00Z' }\n";

        var finding = Diagnosed.From(Cron + Written.Event("CronJob/report", "TooManyMissedTimes", "too many missed start times: 101. Set or decrease .spec.startingDeadlineSeconds or check clock skew")).Root();

        finding.ShouldBe("cron-schedule-invalid", "CronJob shop/report", "missed starts", "kubernetes/event");
        finding.Advice.ShouldContain("startingDeadlineSeconds");
        Diagnosed.From(Cron).ShouldBeWell();
    }
}
