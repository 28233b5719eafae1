using CsCheck;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Redaction;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Redaction;

public class CallRedactorTests
{
    private const string Nonce = "00112233445566778899aabbccddeeff";

    /// <summary>A carrier with the secret in it, and the secret itself, which must not come out.</summary>
    private static readonly (string Text, string Secret)[] Planted =
    [
        ("ana.torres+shop@example.co.uk", "ana.torres+shop@example.co.uk"),
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("5500-0000-0000-0004", "5500-0000-0000-0004"),
        ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("10.20.30.41", "10.20.30.41"),
        ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
        ("Authorization: Bearer 8f7d6e5c4b3a291807", "8f7d6e5c4b3a291807"),
        ("password=hunter2!x", "hunter2!x"),
        ("\"password\": \"correct horse 7 battery\"", "correct horse 7 battery"),
        ("POSTGRES_PASSWORD=S3cr3tPa55", "S3cr3tPa55"),
        ("db.password: Zx9Qw8Er7T", "Zx9Qw8Er7T"),
        ("--client-secret q1w2e3r4t5y6", "q1w2e3r4t5y6"),
        ("postgres://shop:Tr0ub4dor@db.shop.svc:5432/orders", "Tr0ub4dor"),
        ("redis://:p4ssw0rd@cache:6379", "p4ssw0rd"),
        ("amqp://user:sl/sh3d@rabbit:5672/", "sl/sh3d"),
        ("<apiKey>9d8c7b6a5f4e</apiKey>", "9d8c7b6a5f4e"),
        ("{\"name\":\"DB_PASSWORD\",\"value\":\"plainT3xt\"}", "plainT3xt"),
        ("- name: API_TOKEN\n  value: t0k3nValue99", "t0k3nValue99"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA7bq"),
    ];

    private static readonly string[] Before = ["", "ERROR ", "user said: ", "at 12:00 [main] ", "{\"msg\":\"", "é ü 漢字 ", "\t\"key\" = ", "(", "a=b; ", "line one\n"];
    private static readonly string[] After = ["", " failed", ", retrying", "\"}", ") end", "\nnext line", " — ok", ";", " | tail"];

    private static readonly Func<string, string>[] Wrappings =
    [
        text => text,
        text => System.Text.Json.JsonSerializer.Serialize(new { message = text }),
        text => System.Text.Json.JsonSerializer.Serialize(new { outer = System.Text.Json.JsonSerializer.Serialize(new { message = text }) }),
        text => $"stack trace:\n{text}\n  at Main()",
        text => string.Concat(Enumerable.Repeat("x@y.example 10.1.1.1 ", 200)) + text,
    ];

    private static Gen<T> OneOf<T>(T[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    [Theory]
    [InlineData("msg=\"login with password=\\\"hunter2!x")] // cut within the quotes
    [InlineData("password=\"hunter2!x")]
    [InlineData("{\"password\": \"hunter2!x")]
    [InlineData("\u001b[36mpassword=\u001b[0mhunter2!x")]
    [InlineData("\u001b[1;31mpassword\u001b[0m=\u001b[4mhunter2!x\u001b[0m")]
    [InlineData("pass\u200bword=hunter2!x")]
    [InlineData("password=\u202ahunter2!x")]
    [InlineData("{\"log\":\"\\u001b[36mpassword=\\u001b[0mhunter2!x\"}")]
    public void ASecretWithinAFence_NeverComesOut_AndTheFenceStands(string planted)
    {
        foreach (var after in (string[])["", "\nnext line \"quoted\" here"])
        {
            var fenced = DataFence.Around("logs", planted + after, Nonce) + "\nSay what is wrong.\n" + DataFence.Around("events", "it said \"no\" twice", Nonce);
            var sent = new CallRedactor(Nonce, new ModelRedactionOptions()).Redact(fenced);
            sent.ShouldNotContain("hunter2");
            sent.Split($"</data-{Nonce}>").Length.ShouldBe(3, sent);
            sent.ShouldContain("Say what is wrong.");
            sent.ShouldContain("it said \"no\" twice");
        }
    }

    [Fact]
    public void APlantedSecret_NeverComesOut_WhereverItStands()
    {
        var where = Gen.Select(OneOf(Planted), OneOf(Before), OneOf(After), OneOf(Wrappings));
        where.Sample(sample =>
        {
            var ((carrier, secret), before, after, wrap) = sample;
            var redacted = new CallRedactor(Nonce, new ModelRedactionOptions()).Redact(wrap(before + carrier + after));
            return !redacted.Contains(secret, StringComparison.Ordinal);
        }, iter: 6_000, print: sample => sample.Item2 + sample.Item1.Text + sample.Item3);
    }

    [Fact]
    public void WhatWasRedacted_ComesBackAsItWas()
    {
        var words = OneOf([.. Planted.Select(planted => planted.Text), "the pool", "is full", "é漢🙂", "\\n", "\u200b", "<ip-1-x>", "plain"]).Array[0, 30];
        words.Sample(parts =>
        {
            var text = string.Join(' ', parts);
            var redactor = new CallRedactor(Nonce, new ModelRedactionOptions { NationalIds = true, UserIds = true, Uuids = true });
            return redactor.Restore(redactor.Redact(text)) == text;
        }, iter: 2_000);
    }

    [Fact]
    public void TheSameValue_HasTheSamePlaceholder_AndAnotherQuestionAnother()
    {
        var redactor = new CallRedactor(Nonce, new ModelRedactionOptions());
        redactor.Redact("10.0.0.7 calls 10.0.0.8 and 10.0.0.7").ShouldBe($"<ip-1-{Nonce}> calls <ip-2-{Nonce}> and <ip-1-{Nonce}>");
        redactor.Redact("again 10.0.0.8").ShouldBe($"again <ip-2-{Nonce}>");
        redactor.Count.ShouldBe(2);
        new CallRedactor("ffff", new ModelRedactionOptions()).Restore($"<ip-1-{Nonce}>").ShouldBe($"<ip-1-{Nonce}>");
    }

    [Theory]
    [InlineData("SSN 219-09-9999 on file", "219-09-9999")]
    [InlineData("nino QQ123456C? no: AB123456C", "AB123456C")]
    [InlineData("DNI 12345678Z", "12345678Z")]
    [InlineData("cf RSSMRA85T10A562S", "RSSMRA85T10A562S")]
    [InlineData("CPF 529.982.247-25", "529.982.247-25")]
    [InlineData("Steuer-ID 86095742719", "86095742719")]
    [InlineData("NIR 1 84 12 76 451 089 46", "1 84 12 76 451 089 46")]
    [InlineData("aadhaar 2341 2341 2346", "2341 2341 2346")]
    public void NationalIds_AreReplacedByOptionOnly(string text, string id)
    {
        new CallRedactor(Nonce, new ModelRedactionOptions { NationalIds = true }).Redact(text).ShouldNotContain(id);
    }

    [Theory]
    [InlineData("max_tokens=2000 prompt_tokens: 512")]
    [InlineData("secretName: db-credentials")]
    [InlineData("token_type: bearer")]
    [InlineData("password: required")]
    [InlineData("the password is wrong")]
    [InlineData("GET https://shop.example/path?x=1 200")]
    [InlineData("http://shop.example:8080/path/a@b took 3 ms")]
    [InlineData("oom-killed Deployment shop/api-server at 12:00:01 exit code 137, limit 512Mi")]
    [InlineData("imagePullSecrets: [regcred]")]
    public void WhatIsNoSecret_Stays(string text) => new CallRedactor(Nonce, new ModelRedactionOptions()).Redact(text).ShouldBe(text);

    [Theory]
    [InlineData(ProviderKind.Anthropic)]
    [InlineData(ProviderKind.OpenAi)]
    public async Task NothingPlanted_ReachesTheProvider_InDataToolsOrRepairs(ProviderKind kind)
    {
        var everything = string.Join("\n\n", Planted.Select(planted => planted.Text));
        await using var model = new ScriptedModel(kind,
            ModelReply.Call(("look", new { what = "x" })), ModelReply.Call(("look", new { what = "y" })), ModelReply.Say("not what was agreed"), ModelReply.Say(new { ok = true }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var question = new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("everything", everything)], Tools = [new LeakyTool(everything)], Read = _ => "yes" };
        (await bench.Reasoner.AskAsync(question, TestContext.Current.CancellationToken)).Value.ShouldBe("yes");
        model.Requests.Count.ShouldBe(4);
        foreach (var request in model.Requests)
        {
            foreach (var (_, secret) in Planted)
            {
                request.Everything.ShouldNotContain(secret);
                request.Raw.Body.ShouldNotContain(secret);
            }
        }
        bench.Spending.Calls[^1].Redactions.ShouldBeGreaterThanOrEqualTo(Planted.Length - 3);
    }

    private sealed class LeakyTool(string text) : Reasoning.Tools.ReadOnlyTool
    {
        public override string Name => "look";

        public override string Description => "Looks.";

        public override string Schema => """{"type":"object","properties":{"what":{"type":"string"}}}""";

        public override Task<string> ReadAsync(System.Text.Json.JsonElement arguments, CancellationToken cancellation) => Task.FromResult(text);
    }
}
