using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Prunella.Webhooks;

namespace Prunella.Tests.Webhooks;

/// <summary>What docs/webhooks.md says, tried.</summary>
public sealed partial class WebhookPageTests
{
    private const string Key = "a-signing-key-of-some-length";
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "webhooks.md"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("alertmanager", "alertmanager.json")]
    [InlineData("generic", "generic.json")]
    public async Task Samples_SignedAsThePageSays_AreAcceptedOnce(string door, string sample)
    {
        await using var server = await RunningServer.StartAsync([new("webhooks:signingKeys:0", Key)]);
        var body = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "samples", "alerts", sample), Cancellation);

        var first = await PostAsync(server, door, body);
        var second = await PostAsync(server, door, body);

        first.GetProperty("new").GetInt32().ShouldBeGreaterThan(0);
        second.GetProperty("new").GetInt32().ShouldBe(0);
        second.GetProperty("received").GetInt32().ShouldBe(first.GetProperty("received").GetInt32());
    }

    [Fact]
    public async Task BodyOfThePage_IsAccepted()
    {
        await using var server = await RunningServer.StartAsync([new("webhooks:signingKeys:0", Key)]);

        var receipt = await PostAsync(server, "generic", Json().Match(Page).Groups["body"].Value);

        receipt.GetProperty("new").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void EveryFieldAndStatus_IsOnThePage()
    {
        foreach (var field in "name, status, severity, summary, fingerprint, startsAt, endsAt, labels, annotations, target".Split(", ")) Page.ShouldContain($"`{field}`");
        foreach (var status in new[] { 200, 400, 401, 413, 415, 429, 503 }) Page.ShouldContain($"| {status} |");
    }

    private static async Task<JsonElement> PostAsync(RunningServer server, string door, string body)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/{door}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Prunella-Timestamp", timestamp);
        request.Headers.Add("X-Prunella-Signature", WebhookGuard.Sign(Key, timestamp, Encoding.UTF8.GetBytes(body)));
        using var response = await server.Anonymous.SendAsync(request, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    [GeneratedRegex("```json\n(?<body>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Json();
}
