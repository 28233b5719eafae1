using CsCheck;
using Prunella.Logs.Archive;

namespace Prunella.Logs.Tests.Archive;

public sealed class ValueFilterTests
{
    [Fact]
    public void MayHold_EveryKeyItWasBuiltOf() => Gen.Select(Gen.ULong.HashSet[16, 400], Gen.Bool).Sample(static (keys, small) =>
    {
        var filter = ValueFilter.Build([.. keys], small ? keys.Count * 2 : keys.Count * 8);
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
        var filter = ValueFilter.Build([.. keys], bytesMax).ShouldNotBeNull();
        var admitted = Enumerable.Range(0, 50_000).Count(_ => filter.MayHold((ulong)random.NextInt64()));
        ((double)admitted / 50_000).ShouldBeInRange(share / 4, share);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_FilterBehindTheDescription_OrWithinItAsInOlderArchives(bool within)
    {
        var keys = Enumerable.Range(1, 500).Select(static n => (ulong)n * 0x9E3779B97F4A7C15).ToHashSet();
        var filter = ValueFilter.Build([.. keys], 10_000).ShouldNotBeNull();
        var meta = new ByteSink();
        new BlockMeta { Levels = new long[8], Lines = 3, Services = [new BlockService("shop", 3)] }.Write(meta);
        var described = meta.Length;
        if (within)
        {
            filter.Write(meta);
        }

        using var packer = new BlockPacker(new ArchiveOptions());
        using var frames = new ZstdFrames();
        var unpacked = BlockText.UnpackMeta(packer.PackMeta(meta.Written, adaptive: false, within ? null : filter), frames, out var behind);
        var read = BlockMeta.Read(unpacked, behind, new NamePool());
        (read.DescriptionBytes, read.Lines, read.Services[0].Name).ShouldBe((described, 3, "shop"));
        var found = read.Filter.ShouldNotBeNull();
        keys.ShouldAllBe(k => found.MayHold(k));
    }

    [Fact]
    public void Build_WhereTheRoomIsTooSmall_IsNone() => ValueFilter.Build([.. Enumerable.Range(0, 1000).Select(static n => (ulong)n)], 300).ShouldBeNull();
}
