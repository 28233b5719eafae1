using System.Globalization;
using Prunella.Traces.Detectors;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Bench;

/// <summary>Precision, recall and accuracy of gains of every detector on generated traces with unseen seeds.</summary>
internal static class Detect
{
    // Seeds below this were looked at while detectors and re-timing were made.
    private const int UnseenSeed = 4_000_000;

    public static int Run(int count)
    {
        Console.WriteLine($"{count} positives and {count} hard negatives of each kind, seeds from {UnseenSeed}");
        foreach (var kind in Enum.GetValues<DetectorKind>())
        {
            var detection = Detection.Of(kind, UnseenSeed, count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{DetectorNames.Of(kind),-24} precision {detection.Precision:0.000} recall {detection.Recall:0.000} {(detection.Gains == 0 ? "no time to gain" : $"gains within 10 % {detection.GainsWithinTenPercent}/{detection.Gains}")}"));
        }

        return 0;
    }
}
