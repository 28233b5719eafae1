using CsCheck;
using Prunella.Kubernetes.Chaos;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>How pods are chosen.</summary>
public class PodChoiceTests
{
    private static Experiment Of(TargetMode mode, double value) => new() { Name = "e", Source = "f", Fault = FaultKind.PodKill, Namespace = "s", Mode = mode, ModeValue = value };

    private static string[] Pods(int count) => [.. Enumerable.Range(0, count).Select(index => $"pod-{index:000}")];

    [Theory]
    [InlineData(TargetMode.One, 0, 10, 1)]
    [InlineData(TargetMode.All, 0, 10, 10)]
    [InlineData(TargetMode.Fixed, 3, 10, 3)]
    [InlineData(TargetMode.Fixed, 30, 10, 10)]
    [InlineData(TargetMode.FixedPercent, 20, 10, 2)]
    [InlineData(TargetMode.FixedPercent, 25, 10, 2)]
    [InlineData(TargetMode.FixedPercent, 20, 3, 1)]
    public void Choose_TakesAsManyAsTheModeSays(TargetMode mode, double value, int of, int expected) => PodChoice.Choose(Of(mode, value), Pods(of), name => name, 1).Count.ShouldBe(expected);

    [Fact]
    public void Choose_SameSeedSamePods_InWhateverOrderTheyWereFound() => Gen.Select(Gen.Int, Gen.Int[1, 50], Gen.Int[1, 100]).Sample((seed, count, percent) =>
    {
        var experiment = Of(TargetMode.RandomMaxPercent, percent);
        var one = PodChoice.Choose(experiment, Pods(count), name => name, seed);
        PodChoice.Choose(experiment, [.. Pods(count).Reverse()], name => name, seed).ShouldBe(one);
        one.Count.ShouldBeLessThanOrEqualTo(count * percent / 100);
    });

    [Fact]
    public void Choose_AnotherSeed_ReachesEveryPod() =>
        Enumerable.Range(0, 400).SelectMany(seed => PodChoice.Choose(Of(TargetMode.One, 0), Pods(8), name => name, seed)).Distinct().Count().ShouldBe(8);
}
