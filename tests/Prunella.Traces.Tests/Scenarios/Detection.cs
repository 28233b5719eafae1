using Prunella.Traces.Analysis;
using Prunella.Traces.Detectors;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Scenarios;

/// <summary>How well a detector tells its pattern from what looks like it.</summary>
internal sealed record Detection(DetectorKind Kind, int Found, int Missed, int False, int Clean, int GainsWithinTenPercent, int Gains)
{
    public double Precision => Found + False == 0 ? 0 : (double)Found / (Found + False);

    public double Recall => Found + Missed == 0 ? 0 : (double)Found / (Found + Missed);

    /// <summary>Runs a detector over as many positives as negatives.</summary>
    public static Detection Of(DetectorKind kind, int firstSeed, int count)
    {
        var (found, missed, wrong, clean, good, gains) = (0, 0, 0, 0, 0, 0);
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            foreach (var positive in (bool[])[true, false])
            {
                var pattern = Patterns.Make(kind, positive, seed);
                var analyzer = new TraceAnalyzer();
                new TraceReader().Read(new MemoryStream(WireFormats.Jaeger(pattern.Spans)), "generated", batch =>
                {
                    foreach (var trace in batch.Traces)
                        analyzer.Add(trace);
                });
                var group = analyzer.Finish().Findings.FirstOrDefault(finding => finding.Kind == kind);
                if (positive)
                    _ = group is null ? missed++ : found++;
                else
                    _ = group is null ? clean++ : wrong++;
                if (group is null || pattern.FixedUs < 0)
                    continue;
                gains++;
                var trueGain = pattern.Spans[0].DurationUs - pattern.FixedUs;
                if (Math.Abs(group.Gain.PercentileUs(0.5) - trueGain) <= 0.1 * trueGain)
                    good++;
            }
        }

        return new Detection(kind, found, missed, wrong, clean, good, gains);
    }
}
