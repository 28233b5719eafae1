using System.Text;
using Prunella.Logs.Framing;

namespace Prunella.Logs.Tests.Framing;

public sealed class FollowReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-follow-").FullName;

    [Fact]
    public async Task ReadAsync_ThroughRotationAndTruncation_LosesNoLine()
    {
        var path = Path.Combine(folder, "app.log");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await File.WriteAllTextAsync(path, "one\n", deadline.Token);
        var follow = new FollowReader(path, TimeProvider.System, TimeSpan.FromMilliseconds(5));
        await using var lines = follow.ReadAsync(fromEnd: false, deadline.Token).GetAsyncEnumerator(deadline.Token);

        (await Next(lines)).ShouldBe("one");
        await File.AppendAllTextAsync(path, "tw", deadline.Token);
        await File.AppendAllTextAsync(path, "o\n", deadline.Token);
        (await Next(lines)).ShouldBe("two");

        await File.AppendAllTextAsync(path, "late\n", deadline.Token);
        File.Move(path, path + ".1");
        await File.WriteAllTextAsync(path, "three\n", deadline.Token);
        (await Next(lines)).ShouldBe("late");
        (await Next(lines)).ShouldBe("three");
        follow.Rotations.ShouldBe(1);

        await File.WriteAllTextAsync(path, "4\n", deadline.Token);
        (await Next(lines)).ShouldBe("4");
        follow.Truncations.ShouldBe(1);
        await deadline.CancelAsync();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<string> Next(IAsyncEnumerator<ReadOnlyMemory<byte>> lines)
    {
        (await lines.MoveNextAsync()).ShouldBeTrue();
        return Encoding.UTF8.GetString(lines.Current.Span);
    }
}
