using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Tests.Watch;

public class WatchLinesTests
{
    [Fact]
    public Task AnyChunking_GivesTheSameLines() => Gen.Select(Gen.String[Gen.Char['a', 'z'], 0, 40].Array[0, 20], Gen.Int[1, 50].Array[1, 30]).SampleAsync(async (lines, chunks) =>
    {
        var (read, skipped) = await ReadAsync(string.Concat(lines.Select(line => line + "\n")) + "cut off", chunks, lineBytesMax: 30);

        read.ShouldBe(lines.Where(line => line.Length is > 0 and <= 30));
        skipped.ShouldBe(lines.Count(line => line.Length > 30));
    }, iter: 200);

    [Fact]
    public async Task GiantLine_IsLeftOut_TheOnesAroundItAreRead()
    {
        var (read, skipped) = await ReadAsync("one\n" + new string('x', 300_000) + "\ntwo\nthree\n", [65_536], lineBytesMax: 100_000);

        read.ShouldBe(["one", "two", "three"]);
        skipped.ShouldBe(1);
    }

    private static async Task<(List<string> Lines, int Skipped)> ReadAsync(string text, int[] chunks, int lineBytesMax)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var bytes = Encoding.UTF8.GetBytes(text);
        var writing = Task.Run(async () =>
        {
            for (int at = 0, turn = 0; at < bytes.Length; turn++)
            {
                var length = Math.Min(chunks[turn % chunks.Length], bytes.Length - at);
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, length));
                at += length;
            }
            await pipe.Writer.CompleteAsync();
        }, TestContext.Current.CancellationToken);
        await using var lines = new WatchLines(pipe.Reader.AsStream(), lineBytesMax);
        var read = new List<string>();
        while (await lines.ReadAsync(line => read.Add(Encoding.UTF8.GetString(line.Span)), TestContext.Current.CancellationToken))
        {
            // Until the stream ends.
        }
        await writing;
        return (read, lines.Skipped);
    }
}
