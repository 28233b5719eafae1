using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Detectors;

public sealed class DetectionTests
{
    // Seeds below 1 000 000 were looked at while the detectors were made; these were not.
    private const int UnseenSeed = 1_000_000;

    public static TheoryData<DetectorKind> Kinds => [.. Enum.GetValues<DetectorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TwoHundredPositivesAndHardNegatives_AreToldApart(DetectorKind kind)
    {
        var detection = Detection.Of(kind, UnseenSeed, 200);
        detection.Precision.ShouldBeGreaterThanOrEqualTo(0.95, detection.ToString());
        detection.Recall.ShouldBeGreaterThanOrEqualTo(0.95, detection.ToString());
        if (detection.Gains > 0)
            ((double)detection.GainsWithinTenPercent / detection.Gains).ShouldBeGreaterThanOrEqualTo(0.9, detection.ToString());
    }
}
