using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Tests.Playbooks;

/// <summary>Every shipped query is PromQL by Prometheus's own parser, with harmless and with hostile labels.</summary>
public sealed class ShippedQueriesTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("\"} or vector(1) # \\")]
    public async Task ShippedQueries_AreAcceptedByPromtool(string value)
    {
        const string Program = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(Program), "promtool is not installed");
        string[] labels = ["namespace", "persistentvolumeclaim", "instance", "mountpoint", "queue", "consumergroup", "node", "name", "pod", "cache"];
        var values = new TemplateValues(Facts.Alert("A", [.. labels.Select(label => (label, value))]), Facts.Api);
        var queries = Facts.Shipped().All.SelectMany(Queries).Distinct().ToList();
        queries.Count.ShouldBeGreaterThan(15);
        var rules = new StringBuilder("groups:\n- name: shipped\n  rules:\n");
        foreach (var (query, index) in queries.Select((query, index) => (query.Render(values).Text!, index)))
            rules.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - record: q{index}\n    expr: {JsonSerializer.Serialize(query)}\n");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, rules.ToString(), TestContext.Current.CancellationToken);
        using var promtool = Process.Start(new ProcessStartInfo(Program, ["check", "rules", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.Delete(file);
        promtool.ExitCode.ShouldBe(0, said);
    }

    private static IEnumerable<Template> Queries(Playbook playbook)
    {
        var conditions = playbook.Adjustments.Select(adjustment => adjustment.When).Append(playbook.Conditions).Concat(playbook.Steps.Select(step => step.When).OfType<Condition>());
        var checks = playbook.Steps.SelectMany(step => step.Checks).Where(check => check.Source.Length > 0).Select(check => check.Query);
        return conditions.SelectMany(Queries).Concat(checks).Concat(playbook.ErrorRateQuery is { } errorRate ? [errorRate] : []);
    }

    private static IEnumerable<Template> Queries(Condition condition) => condition switch
    {
        AllOf all => all.Conditions.SelectMany(Queries),
        AnyOf any => any.Conditions.SelectMany(Queries),
        NotOf not => Queries(not.Inner),
        MetricCondition metric => [metric.Query],
        _ => [],
    };
}
