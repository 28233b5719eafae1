using Microsoft.Extensions.Options;
using Prunella.Otlp;
using Prunella.Telemetry;
using Prunella.Traces.Sources;
using Prunella.Webhooks;

namespace Prunella.Traces;

/// <summary>Unpacks, checks and stores exports, whatever protocol they came by. Thread-safe; at most a set number at once.</summary>
internal sealed partial class TraceIntake(TraceStore store, IOptions<TraceIngestOptions> options, ServerMeter meter, ILogger<TraceIntake> logger) : IOtlpIntake, IDisposable
{
    internal const string GrpcMethod = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private readonly SemaphoreSlim places = new(options.Value.ConcurrentMax);

    public string GrpcPath => GrpcMethod;

    public int RequestBytesMax => options.Value.RequestBytesMax;

    public string RequestBytesKey => "traces:ingest:requestBytesMax";

    public int RetryAfterSeconds => options.Value.RetryAfterSeconds;

    public string RejectedField => "rejectedSpans";

    public bool TryEnter() => places.Wait(TimeSpan.Zero, CancellationToken.None);

    public void Leave() => places.Release();

    public OtlpIntakeAnswer Accept(ReadOnlyMemory<byte> body, bool gzip, bool json)
    {
        var answer = Try(body, gzip, json, out var spans);
        if (answer.Result == OtlpResult.Accepted) meter.SpansReceived(spans, answer.Rejected);
        return answer;
    }

    public void Refused(string protocol, int status) => meter.ExportRefused(protocol, status);

    public void Dispose() => places.Dispose();

    private OtlpIntakeAnswer Try(ReadOnlyMemory<byte> body, bool gzip, bool json, out int spans)
    {
        spans = 0;
        try
        {
            if (gzip)
            {
                if (GzipBody.Unpack(body, RequestBytesMax) is not { } unpacked) return new(OtlpResult.TooLarge, 0, $"At most {options.Value.RequestBytesMax} bytes are read, unpacked (traces:ingest:requestBytesMax).");
                body = unpacked;
            }
            var request = json ? OtlpTranscoder.FromJson(body.Span) : OtlpTranscoder.Check(body);
            store.Append(request.Protobuf.Span);
            spans = request.Spans;
            return new(OtlpResult.Accepted, request.Rejected, request.Rejected == 0 ? "" : $"{request.Rejected} spans without a trace id or span id were left out.");
        }
        catch (InvalidDataException broken)
        {
            return new(OtlpResult.Invalid, 0, "The body is no OTLP trace export: " + broken.Message);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            StoreAway(logger, away.Message);
            return new(OtlpResult.Unavailable, 0, "Traces cannot be stored now.");
        }
    }

    [LoggerMessage(3102, LogLevel.Error, "Received traces cannot be stored: {Message}")]
    private static partial void StoreAway(ILogger logger, string message);
}
