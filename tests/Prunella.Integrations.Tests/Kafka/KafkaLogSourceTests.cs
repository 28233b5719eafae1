using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Integrations.Kafka;

namespace Prunella.Integrations.Tests.Kafka;

/// <summary>On librdkafka's mock cluster inside this process, or on the brokers that KAFKA_BOOTSTRAP names.</summary>
public sealed class KafkaLogSourceTests : IDisposable
{
    private const int Messages = 400;
    private readonly string topic = "logs-" + Guid.CreateVersion7().ToString("N");
    private readonly IProducer<Null, byte[]> producer;
    private readonly string brokers;
    private readonly ConcurrentDictionary<string, int> accepted = new(StringComparer.Ordinal);
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public KafkaLogSourceTests()
    {
        var real = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP");
        var settings = new ProducerConfig { BootstrapServers = real };
        if (string.IsNullOrEmpty(real)) settings.Set("test.mock.num.brokers", "3");
        producer = new ProducerBuilder<Null, byte[]>(settings).SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        brokers = real is { Length: > 0 } ? real : string.Join(',', admin.GetMetadata(TimeSpan.FromSeconds(30)).Brokers.Select(static b => $"{b.Host}:{b.Port}"));
    }

    public void Dispose() => producer.Dispose();

    [Fact]
    public async Task EveryMessage_IsAcceptedOnce_AndIsNotGivenAgainAfterARestart()
    {
        await ProduceAsync(0, Messages);
        await RunAsync(Take, () => accepted.Count == Messages);
        accepted.Values.ShouldAllBe(static times => times == 1);
        await ProduceAsync(Messages, 10);
        await RunAsync(Take, () => accepted.Count == Messages + 10);
        accepted.Values.ShouldAllBe(static times => times == 1);
    }

    [Fact]
    public async Task WhatIsNotAccepted_IsNotCommitted_AndComesToTheNextMember()
    {
        await ProduceAsync(0, Messages);
        var offered = 0;
        await RunAsync((_, _) => { Interlocked.Increment(ref offered); return false; }, () => Volatile.Read(ref offered) > 3);
        accepted.ShouldBeEmpty();
        await RunAsync(Take, () => accepted.Count == Messages);
    }

    [Fact]
    public async Task WhileNothingIsAccepted_TheSourceWaits_AndGoesOnWithoutALoss()
    {
        await ProduceAsync(0, Messages);
        var open = false;
        var refused = 0;
        await RunAsync((lines, source) =>
        {
            if (Volatile.Read(ref open)) return Take(lines, source);
            if (Interlocked.Increment(ref refused) > 5) Volatile.Write(ref open, true);
            return false;
        }, () => accepted.Count == Messages);
        accepted.Values.ShouldAllBe(static times => times == 1);
    }

    [Fact]
    public async Task MemberThatJoinsAndOneThatLeavesInMidBatch_LoseNothing()
    {
        await ProduceAsync(0, Messages);
        using var second = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var joined = new TaskCompletionSource();
        var first = RunAsync((lines, source) =>
        {
            joined.TrySetResult();
            return Take(lines, source);
        }, () => accepted.Count >= Messages / 2 || accepted.Count == 2 * Messages);
        await joined.Task;
        var other = RunAsync(Take, () => accepted.Count == 2 * Messages);
        await ProduceAsync(Messages, Messages);
        await Task.WhenAll(first, other);
        accepted.Count.ShouldBe(2 * Messages);
    }

    private bool Take(ReadOnlyMemory<byte> lines, string source)
    {
        source.ShouldStartWith("kafka:" + topic + "/");
        foreach (var line in Encoding.UTF8.GetString(lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)) accepted.AddOrUpdate(line, 1, static (_, times) => times + 1);
        return true;
    }

    private async Task ProduceAsync(int from, int count)
    {
        for (var n = from; n < from + count; n++) producer.Produce(topic, new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($"message {n}") });
        await Task.Run(() => producer.Flush(Cancellation), Cancellation);
    }

    private async Task RunAsync(Func<ReadOnlyMemory<byte>, string, bool> accept, Func<bool> until)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        stop.CancelAfter(TimeSpan.FromMinutes(2));
        var options = new KafkaLogOptions { Brokers = brokers, Topics = [topic], BatchBytes = 1_024, BatchWait = TimeSpan.FromMilliseconds(50), Settings = new Dictionary<string, string> { ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "500" } };
        var running = Task.Run(() => new KafkaLogSource(options, accept, TimeProvider.System, NullLogger<KafkaLogSource>.Instance).Run(stop.Token), CancellationToken.None);
        while (!until() && !running.IsCompleted && !stop.IsCancellationRequested) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        until().ShouldBeTrue();
        await stop.CancelAsync();
        await running;
    }
}
