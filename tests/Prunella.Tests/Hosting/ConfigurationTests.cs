using Microsoft.Extensions.Configuration;
using Prunella.Hosting;
using Prunella.Remediation;

namespace Prunella.Tests.Hosting;

public sealed class ConfigurationTests
{
    [Fact]
    public void ConfigurationPage_IsCurrent() => GeneratedPage.ShouldBeCurrent("configuration.md", ConfigurationReference.Write());

    [Fact]
    public void Reference_SaysWhatEveryKeyMeans()
    {
        var rows = ConfigurationReference.Write().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();

        rows.Count.ShouldBeGreaterThan(100);
        rows.Where(row => row.EndsWith("|  |", StringComparison.Ordinal)).ShouldBeEmpty("keys without a summary");
    }

    [Fact]
    public void Load_ManyFaults_NamesThemAllWithKeyPlaceAndWhatIsAllowed()
    {
        var loaded = Load("""
            server:
              url: x
            webhooks:
              alertsMax: lots
              bodyBytesMax: 12
            remediation:
              gate:
                cooldown: 5 minutes
              enginee: {}
              stages:
                default: Everything
            auth:
              tokens:
                - role: boss
                  sha256: abc
            stroage: {}
            """);

        var faults = loaded.Faults.Select(fault => fault.ToString()).ToList();
        faults.ShouldContain(fault => fault.Contains(":2: server:url: there is no such key (did you mean urls?)"));
        faults.ShouldContain(fault => fault.Contains(":4: webhooks:alertsMax: expected a whole number, found \"lots\""));
        faults.ShouldContain(fault => fault.Contains(":5: webhooks:bodyBytesMax: expected 65536 to 268435456, found \"12\""));
        faults.ShouldContain(fault => fault.Contains(":8: remediation:gate:cooldown: expected a duration such as 30s"));
        faults.ShouldContain(fault => fault.Contains(":9: remediation:enginee: there is no such key"));
        faults.ShouldContain(fault => fault.Contains(":11: remediation:stages:default: expected one of Shadow, DryRun, Canary, Full"));
        faults.ShouldContain(fault => fault.Contains("auth:tokens:0:role: expected one of Viewer"));
        faults.ShouldContain(fault => fault.Contains("auth:tokens:0:name: it is missing"));
        faults.ShouldContain(fault => fault.Contains(":16: stroage: there is no such"));
        faults.ShouldAllBe(fault => !fault.Contains("abc\""), "what may be a secret is not repeated");
    }

    [Theory]
    [InlineData("{ leaseDuration: 10s, renewDeadline: 10s }", ":1: operator:renewDeadline: expected less than leaseDuration (00:00:10), found 00:00:10")]
    [InlineData("{ renewDeadline: 20s }", ":1: operator:renewDeadline: expected less than leaseDuration (00:00:15), found 00:00:20")]
    [InlineData("{ retryPeriod: 12s }", ":1: operator:retryPeriod: expected less than renewDeadline (00:00:10), found 00:00:12")]
    public void Load_ValuesThatDoNotGoTogether_AreAFault(string section, string expected) =>
        Load("operator: " + section).Faults.Select(fault => fault.ToString()).ShouldHaveSingleItem().ShouldContain(expected);

    [Fact]
    public void Load_Durations_ReachTheOptionsInTheirOwnForm()
    {
        var loaded = Load("""
            remediation:
              gate: { cooldown: 90s, cooldownMax: 1h30m }
              stages: { scopes: { "shop/Safe": Full } }
            """);

        loaded.Faults.ShouldBeEmpty();
        var options = loaded.Root.GetSection("remediation").Get<RemediationOptions>()!;
        options.Gate.Cooldown.ShouldBe(TimeSpan.FromSeconds(90));
        options.Gate.CooldownMax.ShouldBe(TimeSpan.FromMinutes(90));
        options.Stages.Scopes["shop/Safe"].ShouldBe(Remediation.Stages.Stage.Full);
    }

    [Fact]
    public void Load_FlagsComeBeforeTheFile()
    {
        var loaded = Load("server: { urls: 'http://127.0.0.1:1' }", new ServeSettings { Urls = "http://127.0.0.1:2" });

        loaded.Root["server:urls"].ShouldBe("http://127.0.0.1:2");
    }

    [Theory]
    [InlineData("server: [", "While parsing")]
    [InlineData("just text", "expected sections")]
    [InlineData("a: 1\n---\nb: 2", "expected one document")]
    public void Load_NoYaml_SaysWhere(string text, string expected) =>
        Should.Throw<ConfigurationUnreadableException>(() => Load(text)).Message.ShouldContain(expected);

    [Fact]
    public void Load_AliasesWithoutEnd_AreBounded()
    {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 8).Select(index => $"{(char)('b' + index)}: &{(char)('b' + index)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + index), 10))}]\n"));

        Should.Throw<ConfigurationUnreadableException>(() => Load(bomb)).Message.ShouldContain("10000");
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("1h30m", 5_400)]
    [InlineData("00:00:30", 30)]
    [InlineData("7d", 604_800)]
    [InlineData("0", 0)]
    public void Duration_AsPeopleWriteIt_IsRead(string text, double seconds)
    {
        OptionValue.TryDuration(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("5 minutes")]
    [InlineData("-5s")]
    [InlineData("s")]
    [InlineData("99999999999d")]
    public void Duration_Otherwise_IsNot(string text) => OptionValue.TryDuration(text, out _).ShouldBeFalse();

    [Fact]
    public void Samples_AreRight()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "samples", "configuration"), "*.yaml"))
            ServerConfiguration.Load(file, []).Faults.ShouldBeEmpty(file);
    }

    private static ServerConfiguration Load(string yaml, ServeSettings? settings = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"prunella-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(path, yaml);
        try
        {
            return ServerConfiguration.Load(path, (settings ?? new ServeSettings()).AsConfiguration());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
