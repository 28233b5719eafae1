using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Extensions.Options;
using Prunella.Telemetry;
using Prunella.Traces.Sources;

namespace Prunella.Traces;

/// <summary>What became of one export.</summary>
internal enum TraceIntakeResult
{
    /// <summary>Its valid spans are in the store.</summary>
    Accepted,

    /// <summary>It is no OTLP; sending it again will not help.</summary>
    Invalid,

    /// <summary>It is over the limit.</summary>
    TooLarge,

    /// <summary>The store cannot be written now; sending it again may help.</summary>
    Unavailable,
}

/// <summary>What became of one export, and why.</summary>
/// <param name="Result">What.</param>
/// <param name="Rejected">Spans left out of an accepted export because they had no trace or span id.</param>
/// <param name="Text">Why, for the sender; empty when all of it was accepted.</param>
internal readonly record struct TraceIntakeAnswer(TraceIntakeResult Result, int Rejected, string Text);

/// <summary>Unpacks, checks and stores exports, whatever protocol they came by. Thread-safe; at most a set number at once.</summary>
internal sealed partial class TraceIntake(TraceStore store, IOptions<TraceIngestOptions> options, ServerMeter meter, ILogger<TraceIntake> logger) : IDisposable
{
    private const int UnpackStepBytes = 1 << 16;
    private readonly SemaphoreSlim places = new(options.Value.ConcurrentMax);

    /// <summary>Takes one of the places, without waiting.</summary>
    /// <returns>Whether there was one; it is given back by <see cref="Leave"/>.</returns>
    internal bool TryEnter() => places.Wait(TimeSpan.Zero, CancellationToken.None);

    internal void Leave() => places.Release();

    /// <summary>Accepts what is valid of an export; accepted means written.</summary>
    internal TraceIntakeAnswer Accept(ReadOnlyMemory<byte> body, bool gzip, bool json)
    {
        var answer = Try(body, gzip, json, out var spans);
        if (answer.Result == TraceIntakeResult.Accepted) meter.SpansReceived(spans, answer.Rejected);
        return answer;
    }

    public void Dispose() => places.Dispose();

    private TraceIntakeAnswer Try(ReadOnlyMemory<byte> body, bool gzip, bool json, out int spans)
    {
        spans = 0;
        try
        {
            if (gzip)
            {
                if (Unpack(body) is not { } unpacked) return new(TraceIntakeResult.TooLarge, 0, $"At most {options.Value.RequestBytesMax} bytes are read, unpacked (traces:ingest:requestBytesMax).");
                body = unpacked;
            }
            var request = json ? OtlpTranscoder.FromJson(body.Span) : OtlpTranscoder.Check(body);
            store.Append(request.Protobuf.Span);
            spans = request.Spans;
            return new(TraceIntakeResult.Accepted, request.Rejected, request.Rejected == 0 ? "" : $"{request.Rejected} spans without a trace id or span id were left out.");
        }
        catch (InvalidDataException broken)
        {
            return new(TraceIntakeResult.Invalid, 0, "The body is no OTLP trace export: " + broken.Message);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            StoreAway(logger, away.Message);
            return new(TraceIntakeResult.Unavailable, 0, "Traces cannot be stored now.");
        }
    }

    private ReadOnlyMemory<byte>? Unpack(ReadOnlyMemory<byte> packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var kept = new MemoryStream();
        var step = new byte[UnpackStepBytes];
        while (gzip.Read(step) is > 0 and var count)
        {
            if (kept.Length + count > options.Value.RequestBytesMax) return null;
            kept.Write(step, 0, count);
        }
        // Unpacking ends quietly where the input was cut off, which a half body must not; the last four bytes are the true length.
        if (packed.Length < 18 || BinaryPrimitives.ReadUInt32LittleEndian(packed.Span[^4..]) != kept.Length) throw new InvalidDataException("The gzip data is cut off.");
        return kept.GetBuffer().AsMemory(0, (int)kept.Length);
    }

    [LoggerMessage(3102, LogLevel.Error, "Received traces cannot be stored: {Message}")]
    private static partial void StoreAway(ILogger logger, string message);
}
