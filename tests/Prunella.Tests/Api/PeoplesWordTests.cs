using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Prunella.Api;
using Prunella.Remediation.Approvals;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Api;

public sealed class PeoplesWordTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> IncidentAsync(RunningServer server)
    {
        await CommandTests.AskedAsync(server);
        return (await server.Store.ListIncidentsAsync(new() { Max = 1 }, Cancellation)).Incidents.Single().Id.ToString();
    }

    [Fact]
    public async Task Acknowledge_IsRecordedOnce_AndAnsweredWithWhoWasFirst()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await IncidentAsync(server);
        using var approver = await server.AsAsync(Role.Approver);
        var first = await approver.PostAsJsonAsync($"/api/v1/incidents/{id}/acknowledgement", new AcknowledgeRequest(" restoring "), Cancellation);
        var second = await approver.PostAsync($"/api/v1/incidents/{id}/acknowledgement", JsonContent.Create<AcknowledgeRequest?>(null), Cancellation);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        var shown = await second.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        shown.GetProperty("acknowledged").GetProperty("note").GetString().ShouldBe("restoring");
        (await server.Store.ReadLedgerAsync(id, 100, Cancellation)).Count(entry => entry.Kind == "acknowledged").ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"reason":"x"}""")]
    [InlineData("""{"right":false}""")]
    [InlineData("""{"right":false,"reason":"  "}""")]
    [InlineData("""{"right":"maybe"}""")]
    public async Task Feedback_ThatSaysNothing_Is400(string body)
    {
        await using var server = await RunningServer.StartAsync();
        var id = await IncidentAsync(server);
        using var approver = await server.AsAsync(Role.Approver);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        (await approver.PostAsync($"/api/v1/incidents/{id}/feedback", content, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Words_TakeTheRoleApprover_AndAnIncident()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await IncidentAsync(server);
        using var viewer = await server.AsAsync(Role.Viewer);
        using var approver = await server.AsAsync(Role.Approver);
        foreach (var word in (string[])["acknowledgement", "feedback"])
            (await viewer.PostAsJsonAsync($"/api/v1/incidents/{id}/{word}", new FeedbackRequest(true, null), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await approver.PostAsJsonAsync("/api/v1/incidents/inc-00000000-00000000/feedback", new FeedbackRequest(true, null), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await approver.PostAsJsonAsync($"/api/v1/incidents/{id}/feedback", new FeedbackRequest(true, null), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
