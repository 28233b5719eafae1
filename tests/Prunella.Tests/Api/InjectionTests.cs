using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Injections;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Api;

/// <summary>Injected failures are told from real ones.</summary>
public sealed class InjectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static object Announcement(string @namespace, params object[] targets) => new { experiment = "release-without-image", fault = "bad-image", namespaces = new[] { @namespace }, targets };

    [Fact]
    public async Task Injection_IsAnnouncedEndedAndLedgered_ByAnOperatorOnly()
    {
        await using var server = await RunningServer.StartAsync();
        using var viewer = await server.AsAsync(Role.Viewer);
        using var @operator = await server.AsAsync(Role.Operator, "ana");

        (await viewer.PutAsJsonAsync("/api/v1/injections/0000abcd", Announcement("shop"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await @operator.PutAsJsonAsync("/api/v1/injections/xyz", Announcement("shop"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await @operator.PutAsJsonAsync("/api/v1/injections/0000abcd", Announcement("shop"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await @operator.PutAsJsonAsync("/api/v1/injections/0000abcd", Announcement("shop", new { kind = "Deployment", @namespace = "shop", name = "api" }), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await @operator.PostAsJsonAsync("/api/v1/injections/0000abcd/end", new { ending = "put back" }, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await @operator.PostAsJsonAsync("/api/v1/injections/0000aaaa/end", new { ending = "" }, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var known = (await viewer.GetFromJsonAsync<List<JsonElement>>("/api/v1/injections", Cancellation))!.ShouldHaveSingleItem();
        known.GetProperty("by").GetString().ShouldBe("ana");
        known.GetProperty("ending").GetString().ShouldBe("put back");
        known.GetProperty("targets").EnumerateArray().Single().GetString().ShouldBe(new Target(Target.DefaultCluster, "shop", "Deployment", "api").Key);
        (await server.Store.ReadLedgerAsync("injection/0000abcd", 10, Cancellation)).Select(entry => entry.Kind).ShouldBe(["chaos-injected", "chaos-touched", "chaos-ended"]);
    }

    [Fact]
    public async Task Incident_ThatBeganMeanwhileInThatPlace_SaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = await server.AsAsync(Role.Operator);
        var real = await CommandTests.OpenAsync(server, "a real one");

        await @operator.PutAsJsonAsync("/api/v1/injections/0000abcd", Announcement(real.Target.Namespace), Cancellation);
        var book = server.Services.GetRequiredService<InjectionBook>();

        async Task<bool?> ExplainedAsync(Incident incident) => (await book.FindAsync(incident, Cancellation))?.Certain;
        var at = (await book.ListAsync(Cancellation))[0].At;
        (await ExplainedAsync(real with { StartedAt = at.AddSeconds(-2) })).ShouldBeNull("it began before");
        (await ExplainedAsync(real with { StartedAt = at.AddSeconds(3) })).ShouldBe(false, "time and namespace fit");
        (await ExplainedAsync(real with { StartedAt = at.AddSeconds(3), Target = real.Target with { Namespace = "other" } })).ShouldBeNull();
        await @operator.PutAsJsonAsync("/api/v1/injections/0000abcd", Announcement(real.Target.Namespace, new { kind = real.Target.Kind, @namespace = real.Target.Namespace, name = real.Target.Name }), Cancellation);
        (await ExplainedAsync(real with { StartedAt = at.AddSeconds(3) })).ShouldBe(true, "its very target was touched");
        await @operator.PostAsJsonAsync("/api/v1/injections/0000abcd/end", new { ending = "" }, Cancellation);
        (await ExplainedAsync(real with { StartedAt = at.AddHours(1) })).ShouldBeNull("it began long after");
    }
}
