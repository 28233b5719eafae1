using System.Buffers;
using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Prunella.Integrations.Kafka;

/// <summary>
/// Reads topics as a member of a consumer group. An offset is committed once its message is durably accepted, never before, so a
/// message is given at least once whatever dies. While nothing is accepted the partitions are paused and the membership is kept.
/// </summary>
/// <param name="options">What to read.</param>
/// <param name="accept">Takes lines, each ended by a line feed, and their source; false when they cannot be taken now.</param>
/// <param name="time">The clock of <see cref="KafkaLogOptions.BatchWait"/>.</param>
/// <param name="logger">Where trouble is told.</param>
public sealed partial class KafkaLogSource(KafkaLogOptions options, Func<ReadOnlyMemory<byte>, string, bool> accept, TimeProvider time, ILogger<KafkaLogSource> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<TopicPartition, Pending> pending = [];
    private int pendingBytes;

    /// <summary>Messages accepted and committed.</summary>
    public long Messages { get; private set; }

    /// <summary>Reads until cancelled; blocks, so it has a thread of its own.</summary>
    /// <exception cref="KafkaException">The settings are wrong, or the client broke for good.</exception>
    public void Run(CancellationToken cancellation)
    {
        var settings = new ConsumerConfig(new Dictionary<string, string>(options.Settings))
        {
            BootstrapServers = options.Brokers,
            GroupId = options.Group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        };
        settings.AutoOffsetReset ??= AutoOffsetReset.Earliest;
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(settings)
            .SetErrorHandler((_, error) => Trouble(logger, error.Reason))
            .SetLogHandler(static (_, _) => { })
            .SetPartitionsRevokedHandler(Revoked)
            .SetPartitionsLostHandler((_, lost) => Forget(lost.Select(static p => p.TopicPartition)))
            .Build();
        consumer.Subscribe(options.Topics);
        try
        {
            while (!cancellation.IsCancellationRequested) Step(consumer, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping: what is not accepted is read again.
        }
        finally
        {
            Forget(pending.Keys.ToList());

            // Leaves the group, so that others take over at once.
            consumer.Close();
        }
    }

    private void Step(IConsumer<Ignore, byte[]> consumer, CancellationToken cancellation)
    {
        try
        {
            Gather(consumer, cancellation);
            if (pending.Count == 0 || TryFlush(consumer)) return;

            // Not taken: nothing more is fetched until it is, but the group hears of this member.
            var assigned = consumer.Assignment;
            consumer.Pause(assigned);
            while (pending.Count > 0 && !TryFlush(consumer))
            {
                cancellation.ThrowIfCancellationRequested();
                if (consumer.Consume(Poll) is { } unasked) Add(unasked);
            }

            consumer.Resume(consumer.Assignment);
        }
        catch (ConsumeException broken) when (!broken.Error.IsFatal)
        {
            Trouble(logger, broken.Error.Reason);
        }
    }

    private void Gather(IConsumer<Ignore, byte[]> consumer, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            if (consumer.Consume(Poll) is { } message) Add(message);
        }
        while (pendingBytes < options.BatchBytes && time.GetElapsedTime(began) < options.BatchWait);
    }

    private void Add(ConsumeResult<Ignore, byte[]> message)
    {
        if (!pending.TryGetValue(message.TopicPartition, out var batch)) pending[message.TopicPartition] = batch = new Pending();
        batch.Next = message.Offset + 1;
        batch.Messages++;
        if (message.Message.Value is not { Length: > 0 } value) return;
        batch.Lines.Write(value);
        if (value[^1] != '\n') batch.Lines.Write("\n"u8);
        pendingBytes += value.Length;
    }

    private bool TryFlush(IConsumer<Ignore, byte[]> consumer)
    {
        foreach (var partition in pending.Keys.ToList())
            if (!TryFlush(consumer, partition)) return false;
        return true;
    }

    private bool TryFlush(IConsumer<Ignore, byte[]> consumer, TopicPartition partition)
    {
        var batch = pending[partition];
        if (batch.Lines.WrittenCount > 0 && !accept(batch.Lines.WrittenMemory, string.Create(CultureInfo.InvariantCulture, $"kafka:{partition.Topic}/{partition.Partition.Value}"))) return false;
        Forget([partition]);
        Messages += batch.Messages;
        try
        {
            consumer.Commit([new TopicPartitionOffset(partition, batch.Next)]);
        }
        catch (KafkaException notCommitted)
        {
            // Accepted all the same; whoever reads the partition next gives it once more.
            Trouble(logger, notCommitted.Error.Reason);
        }

        return true;
    }

    // Others take these partitions over: what was read of them is finished, or left to them.
    private void Revoked(IConsumer<Ignore, byte[]> consumer, List<TopicPartitionOffset> revoked)
    {
        foreach (var partition in revoked.Select(static p => p.TopicPartition).Where(pending.ContainsKey)) TryFlush(consumer, partition);
        Forget(revoked.Select(static p => p.TopicPartition));
    }

    private void Forget(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions.ToList()) pending.Remove(partition);
        pendingBytes = pending.Values.Sum(static batch => batch.Lines.WrittenCount);
    }

    private sealed class Pending
    {
        public ArrayBufferWriter<byte> Lines { get; } = new();

        public Offset Next { get; set; }

        public int Messages { get; set; }
    }

    [LoggerMessage(4301, LogLevel.Warning, "Kafka: {Reason}")]
    private static partial void Trouble(ILogger logger, string reason);
}
