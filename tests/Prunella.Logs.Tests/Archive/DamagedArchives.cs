using Prunella.Logs.Archive;

namespace Prunella.Logs.Tests.Archive;

public sealed class DamagedArchives
{
    private static readonly ArchiveOptions Small = new() { BlockBytes = 4096, Durable = false };

    [Fact]
    public void Append_AfterATearAtAnyByte_KeepsEveryWholeBlock()
    {
        using var file = new TemporaryFile();
        var input = ArchiveIdentity.Styles(14);
        ArchiveIdentity.Write(file.Path, input, Small);
        var whole = File.ReadAllBytes(file.Path);
        var ends = Ends(file.Path);
        ends.Count.ShouldBeGreaterThan(3);
        var last = ends[^2].End;

        // Every length from the last block but one on, and some of all the others.
        for (var length = SegmentFile.FileHeaderBytes; length < whole.Length; length += length >= last ? 1 : 97)
        {
            File.WriteAllBytes(file.Path, whole[..length]);
            var kept = ends.Where(e => e.End <= length).ToList();
            var (end, bytes) = kept.Count == 0 ? (SegmentFile.FileHeaderBytes, 0) : kept[^1];
            using (var writer = ArchiveWriter.Append(file.Path, Small, null, out var cut))
            {
                cut.ShouldBe(length - end);
                writer.Write("one more line\n"u8);
            }

            if (length % 7 == 0)
            {
                ArchiveIdentity.Read(file.Path).ShouldBe([.. input[..bytes], .. "one more line\n"u8]);
            }
        }
    }

    [Fact]
    public void Open_OfATailOfZeros_CutsIt()
    {
        using var file = new TemporaryFile();
        var input = ArchiveIdentity.Styles(12);
        ArchiveIdentity.Write(file.Path, input, Small);
        var whole = File.ReadAllBytes(file.Path);
        var (end, bytes) = Ends(file.Path)[^2];

        // The length was written and the bytes were not, as after a power failure.
        File.WriteAllBytes(file.Path, [.. whole[..(end + 60)], .. new byte[whole.Length - end - 60]]);
        using var reader = ArchiveReader.Open(file.Path);
        reader.WholeBytes.ShouldBe(end);
        ArchiveIdentity.Read(file.Path).ShouldBe(input[..bytes]);
    }

    [Fact]
    public void Verify_OfAnyFlippedBit_FindsIt()
    {
        using var file = new TemporaryFile();
        var input = ArchiveIdentity.Styles(12);
        ArchiveIdentity.Write(file.Path, input, Small);
        var whole = File.ReadAllBytes(file.Path);
        ArchiveVerification.Verify(file.Path).IsWhole.ShouldBeTrue();
        for (var at = 0; at < whole.Length; at += at < 200 ? 1 : 41)
        {
            var damaged = whole.AsSpan().ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(file.Path, damaged);
            ArchiveVerification.Verify(file.Path).IsWhole.ShouldBeFalse($"bit {at % 8} of byte {at}");
        }
    }

    [Fact]
    public void Append_ToADamagedArchive_Refuses()
    {
        using var file = new TemporaryFile();
        ArchiveIdentity.Write(file.Path, ArchiveIdentity.Styles(12), Small);
        var bytes = File.ReadAllBytes(file.Path);
        bytes[SegmentFile.FileHeaderBytes + 10] ^= 1;
        File.WriteAllBytes(file.Path, bytes);
        Should.Throw<InvalidDataException>(() => ArchiveWriter.Append(file.Path, Small, null, out _));
        File.ReadAllBytes(file.Path).ShouldBe(bytes);
    }

    [Fact]
    public void Open_OfADamagedBlockInTheMiddle_StillGivesTheOthers()
    {
        using var file = new TemporaryFile();
        var input = ArchiveIdentity.Styles(12);
        ArchiveIdentity.Write(file.Path, input, Small);
        var ends = Ends(file.Path);
        var bytes = File.ReadAllBytes(file.Path);
        bytes[ends[0].End + 3] ^= 1;
        File.WriteAllBytes(file.Path, bytes);
        using var reader = ArchiveReader.Open(file.Path);
        reader.Damage.ShouldHaveSingleItem().Offset.ShouldBe(ends[0].End);
        reader.Blocks.Count.ShouldBe(ends.Count - 1);
    }

    [Fact]
    public void Encrypted_OpensWithItsKeyOnly_AndHidesItsText()
    {
        using var file = new TemporaryFile();
        var key = new byte[32];
        key[3] = 7;
        var input = ArchiveIdentity.Styles(12);
        ArchiveIdentity.Write(file.Path, input, new ArchiveOptions { BlockBytes = 4096, Durable = false, Key = key });
        ArchiveIdentity.Read(file.Path, key).ShouldBe(input);
        Should.Throw<InvalidDataException>(() => ArchiveReader.Open(file.Path));
        Should.Throw<InvalidDataException>(() => ArchiveReader.Open(file.Path, new byte[32]));
        ArchiveVerification.Verify(file.Path, key).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Encrypted_BlockOfAnotherFile_IsRefused()
    {
        using var one = new TemporaryFile();
        using var two = new TemporaryFile();
        var options = new ArchiveOptions { BlockBytes = 4096, Durable = false, Key = new byte[32] };
        ArchiveIdentity.Write(one.Path, ArchiveIdentity.Styles(2), options);
        ArchiveIdentity.Write(two.Path, ArchiveIdentity.Styles(2), options);
        byte[] mixed = [.. File.ReadAllBytes(one.Path)[..SegmentFile.FileHeaderBytes], .. File.ReadAllBytes(two.Path)[SegmentFile.FileHeaderBytes..]];
        File.WriteAllBytes(one.Path, mixed);
        Should.Throw<InvalidDataException>(() => ArchiveReader.Open(one.Path, new byte[32]));
    }

    // Where each block ends in the file, and how many bytes of the input the blocks so far hold.
    private static List<(int End, int Bytes)> Ends(string path)
    {
        using var reader = ArchiveReader.Open(path);
        var bytes = 0;
        return reader.Blocks.ConvertAll(b => ((int)b.Place.End, bytes += (int)b.Meta.Bytes));
    }
}
