using CsCheck;
using Prunella.Logs.Archive;

namespace Prunella.Logs.Tests.Archive;

public sealed class ValueFilterTests
{
    [Fact]
    public void MayHold_EveryKeyItWasBuiltOf() => Gen.Select(Gen.ULong.HashSet[16, 400], Gen.Bool).Sample(static (keys, small) =>
    {
        var filter = ValueFilter.Build(keys, small ? keys.Count * 2 : keys.Count * 8);
        if (filter is null)
        {
            small.ShouldBeTrue();
            return;
        }

        var sink = new ByteSink();
        filter.Write(sink);
        var read = ValueFilter.Read(sink.Written);
        keys.ShouldAllBe(k => filter.MayHold(k) && read.MayHold(k));
    });

    [Theory]
    [InlineData(200_000, 0.006)]
    [InlineData(90_000, 0.07)]
    public void MayHold_AKeyThatIsNotThere_IsRare(int bytesMax, double share)
    {
        var random = new Random(1);
        var keys = Enumerable.Range(0, 120_000).Select(_ => (ulong)random.NextInt64()).ToHashSet();
        var filter = ValueFilter.Build(keys, bytesMax).ShouldNotBeNull();
        var admitted = Enumerable.Range(0, 50_000).Count(_ => filter.MayHold((ulong)random.NextInt64()));
        ((double)admitted / 50_000).ShouldBeInRange(share / 4, share);
    }

    [Fact]
    public void Build_WhereTheRoomIsTooSmall_IsNone() => ValueFilter.Build(Enumerable.Range(0, 1000).Select(static n => (ulong)n).ToHashSet(), 300).ShouldBeNull();
}
