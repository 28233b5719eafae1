using System.Globalization;
using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>A cache's hit rate fell at once after its configuration was loaded anew.</summary>
public sealed partial class CacheHitCollapse : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("cache-hit-collapse", CauseLayer.Root,
        "The log gives hit rates whose median after a reload of the configuration is less than half of the one before.",
        "Back to the last revision when the reload came with a rollout; else a person takes the change of configuration back.", "rollback-rollout");

    private protected override int LinesMin => 4;

    private protected override bool Fits(string line) => Rate().IsMatch(line);

    private protected override LogSign? Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        foreach (var index in log.Telling)
        {
            if (!Reload().IsMatch(log.Lines[index])) continue;
            var before = Median(lines.Where(line => line < index).Select(line => RateOf(log.Lines[line])));
            var after = Median(lines.Where(line => line > index).Select(line => RateOf(log.Lines[line])));
            if (before is null || after is null || before < 0.2 || after > before / 2) continue;
            return new LogSign("cache", string.Create(CultureInfo.InvariantCulture, $"{container.Words} finds {after:P0} in its cache in place of {before:P0}, since it loaded its configuration anew: {log.Show(index)}"), "Take the change of configuration back: cache size, key prefix and time to live first.")
            {
                Confidence = 0.88, Remedies = Rollouts.BackOrNone(snapshot, container.Pod),
            };
        }
        return null;
    }

    private static double? Median(IEnumerable<double> rates)
    {
        var sorted = rates.Order().ToList();
        return sorted.Count < 2 ? null : sorted[sorted.Count / 2];
    }

    private static double RateOf(string line)
    {
        var match = Rate().Match(line);
        var value = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return match.Groups[2].Value == "%" || value > 1 ? value / 100 : value;
    }

    [GeneratedRegex(@"hit[ _-]?(?:rate|ratio)[""=: ]{1,4}(\d{1,3}(?:\.\d{1,6})?)(%?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Rate();

    [GeneratedRegex(@"(?:config(?:uration)?|settings)[^\n]{0,40}(?:re-?load|changed|updated|applied)|re-?load(?:ed|ing)?[^\n]{0,20}(?:config|settings)|SIGHUP", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Reload();
}
