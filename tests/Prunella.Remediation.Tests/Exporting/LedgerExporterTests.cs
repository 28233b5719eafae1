using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Ledger;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Exporting;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;
using Prunella.Remediation.Tests.Storage;

namespace Prunella.Remediation.Tests.Exporting;

public sealed class LedgerExporterTests
{
    private readonly Samples samples = new();
    private readonly MemoryRemediationStore store;

    public LedgerExporterTests() => store = new MemoryRemediationStore(samples.Time, new LedgerChain(Samples.Keys));

    private LedgerExporter Exporter(params ILedgerSink[] sinks) => new(store, sinks, new EngineOptions(), samples.Time, NullLogger<LedgerExporter>.Instance);

    private async Task WriteAsync(int entries)
    {
        for (var index = 0; index < entries; index++) await store.CommitAsync(new() { Ledger = [Samples.Draft($"incident-{index}")] }, default);
    }

    private static async Task DrainAsync(LedgerExporter exporter, ILedgerSink sink)
    {
        while (await exporter.StepAsync(sink, default))
        {
            // Until nothing waits.
        }
    }

    [Fact]
    public async Task EverythingIsTaken_InOrder_OverRestartsAndRefusals()
    {
        var sink = new Sink { TakesAtMost = 3 };
        await WriteAsync(10);
        await DrainAsync(Exporter(sink), sink);
        await WriteAsync(5);
        sink.Refuses = 2;
        var exporter = Exporter(sink);
        await Should.ThrowAsync<LedgerSinkException>(() => exporter.StepAsync(sink, default));
        await Should.ThrowAsync<LedgerSinkException>(() => exporter.StepAsync(sink, default));
        await DrainAsync(Exporter(sink), sink);
        sink.Taken.ShouldBe(Enumerable.Range(1, 15).Select(number => (long)number));
    }

    [Fact]
    public async Task WhatWasTakenBeforeAKill_ButNotNoted_ComesAgain_AndNothingIsLost()
    {
        var sink = new Sink();
        await WriteAsync(4);
        store.FailNextCommit(StoreFault.BeforeEffect);
        await Should.ThrowAsync<StoreUnavailableException>(() => Exporter(sink).StepAsync(sink, default));
        await DrainAsync(Exporter(sink), sink);
        sink.Taken.ShouldBe([1, 2, 3, 4, 1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(100)]
    public async Task ASinkThatBeginsNow_GetsOnlyWhatFollows(int before)
    {
        var sink = new Sink { FromTheBeginning = false };
        await WriteAsync(before);
        await DrainAsync(Exporter(sink), sink);
        sink.Taken.ShouldBeEmpty();
        await WriteAsync(2);
        await DrainAsync(Exporter(sink), sink);
        sink.Taken.ShouldBe([before + 1, before + 2]);
    }

    [Fact]
    public async Task ASinkThatFailsForEver_DoesNotDelayAnother()
    {
        var (broken, well) = (new Sink { Name = "broken", Refuses = int.MaxValue }, new Sink { Name = "well" });
        await WriteAsync(5);
        using var stop = new CancellationTokenSource();
        var running = Exporter(broken, well).RunAsync(stop.Token);
        while (well.Taken.Count < 5 && !running.IsCompleted) await Task.Yield();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        well.Taken.ShouldBe([1, 2, 3, 4, 5]);
        broken.Taken.ShouldBeEmpty();
    }

    private sealed class Sink : ILedgerSink
    {
        public string Name { get; init; } = "test";

        public int BatchMax => 4;

        public bool FromTheBeginning { get; init; } = true;

        internal int TakesAtMost { get; init; } = int.MaxValue;

        internal int Refuses { get; set; }

        internal List<long> Taken { get; } = [];

        public Task<int> TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
        {
            if (Refuses-- > 0) throw new LedgerSinkException("away");
            Refuses = 0;
            var now = entries.Take(TakesAtMost).ToList();
            Taken.AddRange(now.Select(entry => entry.Number));
            return Task.FromResult(now.Count);
        }
    }
}
