using System.Text;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs.Tests.Pipeline;

/// <summary>A sink that does what a test tells it to, and remembers what it took.</summary>
internal sealed class ScriptedSink(Func<int, IReadOnlyList<SinkDocument>, SinkAnswer>? script = null) : ILogSink
{
    private int calls;

    public string Name => "scripted";

    public int BatchDocumentsMax { get; init; } = 100;

    public int BatchBytesMax => 1 << 20;

    internal int Calls => Volatile.Read(ref calls);

    internal List<(string Id, string Json)> Taken { get; } = [];

    public Task<SinkAnswer> SendAsync(IReadOnlyList<SinkDocument> documents, CancellationToken cancellation)
    {
        var answer = script?.Invoke(Interlocked.Increment(ref calls), documents) ?? SinkAnswer.Taken;
        for (var n = 0; n < documents.Count; n++)
        {
            if (!answer.Again.Contains(n) && answer.Refused.All(r => r.Index != n))
            {
                Taken.Add((documents[n].Id, Encoding.UTF8.GetString(documents[n].Json.Span)));
            }
        }

        return Task.FromResult(answer);
    }
}
