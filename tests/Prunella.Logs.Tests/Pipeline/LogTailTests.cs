using System.Text;
using Microsoft.Extensions.Time.Testing;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Questions;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Pipeline;

/// <summary>People see lines as they come: the ones that fit, without sensitive values, and never more than they can bear.</summary>
public sealed class LogTailTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("log-tail-");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 5, 8, 0, 0, TimeSpan.Zero));
    private readonly LogSpool spool;
    private readonly ArchiveStore store;
    private readonly LogPipeline pipeline;
    private readonly LogTail tail;

    public LogTailTests()
    {
        tail = new LogTail(time);
        spool = new LogSpool(Path.Combine(folder.FullName, "spool"), new LogPipelineOptions(), time);
        store = new ArchiveStore(Path.Combine(folder.FullName, "archive"), new ArchiveOptions { Durable = false }, new RetentionOptions(), time);
        pipeline = new LogPipeline(spool, store, time, new LogPipelineParts { Tail = tail, Redactor = new LineRedactor(new RedactionOptions { Key = new byte[32] }) });
    }

    public void Dispose()
    {
        pipeline.Dispose();
        store.Dispose();
        spool.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Read_GivesWhatFits_OnceAndWithoutSensitiveValues()
    {
        using var reader = tail.TryOpen(QuestionText.Parse("level>=warning since=2031-01-01T00:00:00Z"), 100).ShouldNotBeNull();
        Bring("INFO [a] all is well", "WARN [a] ana@example.com waits", "ERROR [b] it broke");

        var (lines, beyond) = reader.Read();
        lines.Select(Text).ShouldBe(["WARN [a] <email:", "ERROR [b] it broke"], Comparer);
        (lines[0].Source, beyond).ShouldBe(("file:/app.log", 0));
        reader.Read().Lines.ShouldBeEmpty();
    }

    [Fact]
    public void Read_OfMoreThanASecondBears_CountsTheRest()
    {
        using var reader = tail.TryOpen(new LogQuestion(), 10).ShouldNotBeNull();
        Bring([.. Enumerable.Range(0, 25).Select(number => $"INFO [a] line {number}")]);
        var (lines, beyond) = reader.Read();
        (lines.Count, beyond).ShouldBe((10, 15));

        Bring("INFO [a] the same second");
        var more = reader.Read();
        (more.Lines.Count, more.Beyond).ShouldBe((0, 1), "the second is not over");
        time.Advance(TimeSpan.FromSeconds(1));
        Bring("INFO [a] the next second");
        reader.Read().Lines.Count.ShouldBe(1);
    }

    [Fact]
    public void Reader_ThatNobodyReads_HoldsASecondsLinesOnly()
    {
        using var reader = tail.TryOpen(new LogQuestion(), 10).ShouldNotBeNull();
        for (var second = 0; second < 30; second++)
        {
            Bring([.. Enumerable.Range(0, 10).Select(number => $"INFO [a] line {number}")]);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        var (lines, beyond) = reader.Read();
        (lines.Count, beyond).ShouldBe((10, 290));
    }

    [Fact]
    public void TryOpen_ByTooMany_IsRefusedUntilOneLeaves()
    {
        var readers = Enumerable.Range(0, LogTail.ReadersMax).Select(_ => tail.TryOpen(new LogQuestion(), 1).ShouldNotBeNull()).ToList();
        tail.TryOpen(new LogQuestion(), 1).ShouldBeNull();
        readers[0].Dispose();
        using var next = tail.TryOpen(new LogQuestion(), 1).ShouldNotBeNull();
        foreach (var reader in readers) reader.Dispose();
    }

    private static readonly IEqualityComparer<string> Comparer = EqualityComparer<string>.Create((one, other) => one!.StartsWith(other!, StringComparison.Ordinal) || other!.StartsWith(one, StringComparison.Ordinal), _ => 0);

    private static string Text(TailLine line) => Encoding.UTF8.GetString(line.Text.Span);

    private void Bring(params string[] lines)
    {
        pipeline.TryAccept(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), "file:/app.log").ShouldBeTrue();
        pipeline.Drain(all: true);
    }
}
