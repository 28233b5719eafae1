using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Prunella.Integrations.Kafka;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>Reads Kafka's topics into the pipeline; begins anew when the client broke.</summary>
internal sealed partial class KafkaSource(LogPipeline pipeline, IOptions<KafkaLogOptions> options, TimeProvider time, ILogger<KafkaSource> logger, ILogger<KafkaLogSource> clientLogger) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The client blocks, so it has a thread of its own.
                await Task.Factory.StartNew(() => new KafkaLogSource(options.Value, TryAccept, time, clientLogger).Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (Exception broken) when (broken is KafkaException or ArgumentException or InvalidOperationException)
            {
                Broken(logger, broken.Message);
                await Task.Delay(Again, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool TryAccept(ReadOnlyMemory<byte> lines, string source)
    {
        try
        {
            return pipeline.TryAccept(lines.Span, source);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            Broken(logger, away.Message);
            return false;
        }
    }

    [LoggerMessage(3220, LogLevel.Error, "Logs from Kafka: {Message}")]
    private static partial void Broken(ILogger logger, string message);
}
