namespace Prunella.Logs.Pipeline;

/// <summary>A line on its way to a sink.</summary>
/// <param name="Id">32 hexadecimal digits that are the same whenever the line is sent again, so that a sink can tell.</param>
/// <param name="Json">A JSON object in UTF-8: <c>@timestamp</c>, <c>message</c>, <c>log.level</c>, <c>service.name</c>, <c>event.id</c>, <c>event.original</c> (a line of JSON), <c>prunella.*</c>.</param>
public readonly record struct SinkDocument(string Id, ReadOnlyMemory<byte> Json);

/// <summary>A document that a sink will never take.</summary>
/// <param name="Index">Its place in what was sent.</param>
/// <param name="Why">What the sink said.</param>
public readonly record struct SinkRefusal(int Index, string Why);

/// <summary>What became of what was sent. What is neither to be sent again nor refused is durable in the sink.</summary>
/// <param name="Again">Places of the documents to be sent again.</param>
/// <param name="Refused">Documents that will never be taken.</param>
/// <param name="Why">Why some are to be sent again; null when none are.</param>
public sealed record SinkAnswer(IReadOnlyList<int> Again, IReadOnlyList<SinkRefusal> Refused, string? Why)
{
    /// <summary>All of it is durable in the sink.</summary>
    public static SinkAnswer Taken { get; } = new([], [], null);

    /// <summary>All of it is to be sent again.</summary>
    public static SinkAnswer AllAgain(int count, string why) => new([.. Enumerable.Range(0, count)], [], why);

    /// <summary>How long the sink asks to be left alone; null when it does not say.</summary>
    public TimeSpan? After { get; init; }
}

/// <summary>Where indexed lines go beside the archive. Called by one caller at a time.</summary>
public interface ILogSink
{
    /// <summary>Its name: of its folder, in metrics and messages.</summary>
    string Name { get; }

    /// <summary>Documents sent at once.</summary>
    int BatchDocumentsMax { get; }

    /// <summary>Bytes sent at once; one document may be larger.</summary>
    int BatchBytesMax { get; }

    /// <summary>Sends documents. A failure that may pass is an answer, not an exception.</summary>
    Task<SinkAnswer> SendAsync(IReadOnlyList<SinkDocument> documents, CancellationToken cancellation);
}
