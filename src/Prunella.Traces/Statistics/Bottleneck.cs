using System.Globalization;
using Prunella.Traces.Analysis;

namespace Prunella.Traces.Statistics;

/// <summary>Where the time of a set of traces goes.</summary>
/// <param name="Service">The service with most own time on critical paths.</param>
/// <param name="Operation">Its operation with most.</param>
/// <param name="ServiceShare">The service's share of that time, 0 to 1.</param>
/// <param name="OperationShare">The operation's share, 0 to 1.</param>
/// <param name="WastedUs">The operation's own time on critical paths per trace, microseconds.</param>
/// <param name="Evidence">What it rests on, for people.</param>
public sealed record Bottleneck(string Service, string Operation, double ServiceShare, double OperationShare, long WastedUs, IReadOnlyList<string> Evidence)
{
    /// <summary>The bottleneck of a report, or null when its traces have no time.</summary>
    /// <remarks>Time in a database belongs to the service that asked: client spans carry the caller's name.</remarks>
    public static Bottleneck? Of(TraceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Traces == 0 || report.CriticalUs == 0)
            return null;
        var operations = report.Operations;
        var (service, us) = operations.GroupBy(entry => entry.Service, StringComparer.Ordinal)
            .Select(group => (Service: group.Key, Us: group.Sum(entry => entry.CriticalUs)))
            .OrderByDescending(group => group.Us).ThenBy(group => group.Service, StringComparer.Ordinal).First();
        var worst = operations.First(entry => entry.Service == service);
        var share = (double)us / report.CriticalUs;
        var evidence = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} % of the time in {service}") };
        if (report.Queries.GetValueOrDefault(service) is var queries && queries >= report.Traces)
            evidence.Add(string.Create(CultureInfo.InvariantCulture, $"{(double)queries / report.Traces:0.#} queries per request"));
        if (worst.Errors > 0)
            evidence.Add(string.Create(CultureInfo.InvariantCulture, $"{100.0 * worst.Errors / worst.Count:0.#} % of its spans fail"));
        evidence.AddRange(report.Findings.Where(finding => finding.Service == service).Take(2).Select(finding => string.Create(CultureInfo.InvariantCulture,
            $"{Detectors.DetectorNames.Of(finding.Kind)} in {finding.Traces} of {report.Traces} traces ({finding.Waste.PercentileUs(0.5) / 1_000.0:0.#} ms each)")));
        return new Bottleneck(service, worst.Operation, share, (double)worst.CriticalUs / report.CriticalUs, worst.CriticalUs / report.Traces, evidence);
    }
}
