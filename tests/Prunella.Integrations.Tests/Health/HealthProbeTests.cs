using Prunella.Integrations.Health;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Health;

public sealed class HealthProbeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "ok\nmore", true, "200: ok")]
    [InlineData(204, "", true, "204")]
    [InlineData(503, "{\"db\":\"down\"}", false, "503: {\"db\":\"down\"}")]
    [InlineData(404, "", false, "404")]
    public async Task Ask_ByStatus(int status, string body, bool healthy, string text)
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            request.Method.ShouldBe("GET");
            request.Headers.ContainsKey("authorization").ShouldBeFalse();
            return new ScriptedReply(status, body, "text/plain");
        });
        using var probe = new HealthProbe(new HealthProbeOptions());
        var answer = await probe.AskAsync(new Uri(server.Url, "healthz"), Cancellation);
        (answer.Healthy, answer.Text).ShouldBe((healthy, text));
    }

    [Fact]
    public async Task Ask_ARedirectToTheSameHost_IsFollowedOnce()
    {
        await using var server = new ScriptedHttpServer(request => request.Path == "/a" ? Redirect("/b") : new ScriptedReply(200, "fine"));
        using var probe = new HealthProbe(new HealthProbeOptions());
        (await probe.AskAsync(new Uri(server.Url, "a"), Cancellation)).Healthy.ShouldBe(true);
        await using var circle = new ScriptedHttpServer(_ => Redirect("/b"));
        (await probe.AskAsync(new Uri(circle.Url, "a"), Cancellation)).Text.ShouldContain("one redirect too many");
        circle.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Ask_ARedirectElsewhere_IsNotFollowed()
    {
        await using var inner = new ScriptedHttpServer(_ => new ScriptedReply(200, "secret"));
        await using var server = new ScriptedHttpServer(_ => Redirect(inner.Url.AbsoluteUri));
        using var probe = new HealthProbe(new HealthProbeOptions());
        var answer = await probe.AskAsync(server.Url, Cancellation);
        answer.Healthy.ShouldBeNull();
        answer.Text.ShouldContain("another host");
        inner.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:secret@127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://127.0.0.1:1/")]
    public async Task Ask_WhatMayNotOrCannotBeAsked_IsUnknown(string address)
    {
        using var probe = new HealthProbe(new HealthProbeOptions());
        (await probe.AskAsync(new Uri(address), Cancellation)).Healthy.ShouldBeNull();
    }

    [Fact]
    public async Task Ask_AHostThatIsNotListed_IsNotAsked()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, ""));
        using var probe = new HealthProbe(new HealthProbeOptions { Hosts = { "*.shop.svc" } });
        (await probe.AskAsync(server.Url, Cancellation)).Text.ShouldContain("not among health:Hosts");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_ASilentEndpoint_IsUnknownInTime()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, "") { Silent = true });
        using var probe = new HealthProbe(new HealthProbeOptions { Timeout = TimeSpan.FromSeconds(0.5) });
        (await probe.AskAsync(server.Url, Cancellation)).ShouldBe(new(null, "no answer within 0.5 s"));
    }

    [Fact]
    public async Task Ask_AnEndlessBody_IsReadToItsBound()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, new string('x', 5_000_000)));
        using var probe = new HealthProbe(new HealthProbeOptions { BodyBytesMax = 100 });
        (await probe.AskAsync(server.Url, Cancellation)).Text.ShouldBe("200: " + new string('x', 100));
    }

    private static ScriptedReply Redirect(string where) => new(302, "") { Headers = new Dictionary<string, string> { ["Location"] = where } };
}
