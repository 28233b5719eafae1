using Microsoft.Extensions.Options;
using Prunella.Logs.Pipeline;
using Prunella.Otlp;
using Prunella.Telemetry;
using Prunella.Webhooks;

namespace Prunella.Logs;

/// <summary>OTLP exports of logs: each record becomes a line, and the answer comes when the lines are on the disk.</summary>
internal sealed partial class LogIntake(LogPipeline pipeline, IOptions<LogIngestOptions> options, ServerMeter meter, ILogger<LogIntake> logger) : IOtlpIntake, IDisposable
{
    internal const string GrpcMethod = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    private readonly SemaphoreSlim places = new(options.Value.ConcurrentMax);

    public string GrpcPath => GrpcMethod;

    public int RequestBytesMax => options.Value.RequestBytesMax;

    public string RequestBytesKey => "logs:ingest:requestBytesMax";

    public int RetryAfterSeconds => options.Value.RetryAfterSeconds;

    public string RejectedField => "rejectedLogRecords";

    public bool TryEnter() => places.Wait(TimeSpan.Zero, CancellationToken.None);

    public void Leave() => places.Release();

    public OtlpIntakeAnswer Accept(ReadOnlyMemory<byte> body, bool gzip, bool json)
    {
        try
        {
            if (gzip)
            {
                if (GzipBody.Unpack(body, RequestBytesMax) is not { } unpacked) return new(OtlpResult.TooLarge, 0, $"At most {RequestBytesMax} bytes are read, unpacked ({RequestBytesKey}).");
                body = unpacked;
            }

            var batches = new LineBatches();
            if (json) OtlpLogs.FromJson(body, batches);
            else OtlpLogs.FromProtobuf(body.Span, batches);
            foreach (var (source, lines) in batches.All)
                if (!pipeline.TryAccept(lines.Span, source)) return new(OtlpResult.Unavailable, 0, "The spool is full (logs:pipeline:spoolBytesMax).");
            return new(OtlpResult.Accepted, 0, "");
        }
        catch (InvalidDataException broken)
        {
            return new(OtlpResult.Invalid, 0, "The body is no OTLP log export: " + broken.Message);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            SpoolAway(logger, away.Message);
            return new(OtlpResult.Unavailable, 0, "Logs cannot be stored now.");
        }
    }

    public void Refused(string protocol, int status) => meter.LogExportRefused(protocol, status);

    public void Dispose() => places.Dispose();

    [LoggerMessage(3209, LogLevel.Error, "OTLP logs cannot be accepted: {Message}")]
    private static partial void SpoolAway(ILogger logger, string message);
}
