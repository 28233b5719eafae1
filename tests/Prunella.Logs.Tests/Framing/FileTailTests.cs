using System.Text;
using CsCheck;
using Prunella.Logs.Framing;

namespace Prunella.Logs.Tests.Framing;

public sealed class FileTailTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-tail-").FullName;

    private string Log => Path.Combine(folder, "app.log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void TryRead_GivesWholeLines_AndAgainUntilTheyAreCommitted()
    {
        using var tail = new FileTail(Log);
        tail.TryRead(out _).ShouldBeFalse();
        File.WriteAllText(Log, "one\ntw");
        Read(tail, commit: false).ShouldBe("one\n");
        Read(tail).ShouldBe("one\n");
        tail.TryRead(out _).ShouldBeFalse();
        File.AppendAllText(Log, "o\n");
        Read(tail).ShouldBe("two\n");
    }

    [Fact]
    public void TryRead_AfterARename_FinishesTheOldFile_ItsLastLineWithoutAnEndToo()
    {
        using var tail = new FileTail(Log);
        File.WriteAllText(Log, "one\n");
        Read(tail).ShouldBe("one\n");
        File.AppendAllText(Log, "late\nlast");
        File.Move(Log, Log + ".1");
        Read(tail).ShouldBe("late\n");
        Read(tail).ShouldBe("last\n");
        tail.TryRead(out _).ShouldBeFalse();
        File.WriteAllText(Log, "new\n");
        Read(tail).ShouldBe("new\n");
        tail.Rotations.ShouldBe(1);
    }

    [Fact]
    public void TryRead_AfterDeletionAndCreationAnew_ReadsTheNewFile()
    {
        using var tail = new FileTail(Log);
        File.WriteAllText(Log, "one\n");
        Read(tail).ShouldBe("one\n");
        File.Delete(Log);
        File.WriteAllText(Log, "one\ntwo\n");
        Read(tail).ShouldBe("one\ntwo\n");
    }

    [Fact]
    public void TryRead_AfterTruncation_StartsOver()
    {
        using var tail = new FileTail(Log);
        File.WriteAllText(Log, "one\ntwo\n");
        Read(tail).ShouldBe("one\ntwo\n");
        File.WriteAllText(Log, "3\n");
        Read(tail).ShouldBe("3\n");
        tail.Truncations.ShouldBe(1);
    }

    [Fact]
    public void TryRead_ThroughALinkThatIsPointedElsewhere_FollowsIt()
    {
        var link = Path.Combine(folder, "link.log");
        File.WriteAllText(Log, "one\n");
        File.CreateSymbolicLink(link, Log);
        using var tail = new FileTail(link);
        Read(tail).ShouldBe("one\n");
        tail.TryRead(out _).ShouldBeFalse();
        File.WriteAllText(Log + "2", "two\n");
        File.Delete(link);
        File.CreateSymbolicLink(link, Log + "2");
        Read(tail).ShouldBe("two\n");
    }

    [Fact]
    public void ReaderMadeAnew_GoesOnWhereTheLastOneCommitted_InTheRenamedFileFirst()
    {
        File.WriteAllText(Log, "one\ntwo\n");
        FilePosition position;
        using (var tail = new FileTail(Log, bytesMax: 16))
        {
            Read(tail).ShouldBe("one\ntwo\n");
            position = tail.Position!;
        }

        File.AppendAllText(Log, "three\n");
        using (var tail = new FileTail(Log, position))
        {
            Read(tail, commit: false).ShouldBe("three\n");
        }

        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, "four\nfive\nsix\n");
        using (var tail = new FileTail(Log, position))
        {
            Read(tail).ShouldBe("three\n");
            Read(tail).ShouldBe("four\nfive\nsix\n");
        }

        // Neither of them: another file altogether.
        File.Delete(Log + ".1");
        using (var tail = new FileTail(Log, position))
        {
            Read(tail).ShouldBe("four\nfive\nsix\n");
        }
    }

    [Fact]
    public void AnyAppendsAndRotations_GiveAllBytesInOrder() => Gen.Select(Gen.Int[0, 3], Gen.Byte[(byte)'\n', (byte)'\r'].Array[0, 40]).Array[1, 25].Sample(steps =>
    {
        var place = Directory.CreateTempSubdirectory("prunella-tail-").FullName;
        try
        {
            var path = Path.Combine(place, "x");
            using var tail = new FileTail(path, bytesMax: 16);
            var written = new MemoryStream();
            var read = new MemoryStream();
            var rotations = 0;
            foreach (var (what, bytes) in steps)
            {
                // A rotated file ends with a line end, so that the oracle is what was written.
                byte[] chunk = what == 0 ? [.. bytes, (byte)'\n'] : bytes;
                using (var file = new FileStream(path, FileMode.Append)) file.Write(chunk);
                written.Write(chunk);

                // What came and went between two looks was never there for a reader of names.
                tail.TryRead(out _);
                if (what == 0) File.Move(path, $"{path}.{rotations++}");
                if (what == 1) continue;
                while (tail.TryRead(out var lines))
                {
                    read.Write(lines.Span);
                    tail.Commit();
                    if (lines.Length == 17) read.SetLength(read.Length - 1); // a piece of a long line
                }
            }

            Encoding.Latin1.GetString(written.ToArray()).ShouldStartWith(Encoding.Latin1.GetString(read.ToArray()));
            (written.Length - read.Length).ShouldBeLessThanOrEqualTo(steps[^1].Item1 == 1 ? long.MaxValue : 16);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }, iter: 60);

    private static string Read(FileTail tail, bool commit = true)
    {
        tail.TryRead(out var lines).ShouldBeTrue();
        var text = Encoding.UTF8.GetString(lines.Span);
        if (commit)
        {
            tail.Commit();
        }

        return text;
    }
}
