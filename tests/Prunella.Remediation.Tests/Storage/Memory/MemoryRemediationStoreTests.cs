using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Remediation.Tests.Storage.Memory;

public sealed class MemoryRemediationStoreTests : RemediationStoreSuite
{
    private MemoryRemediationStore Memory => (MemoryRemediationStore)Store;

    private protected override async Task<IRemediationStore> NewStoreAsync()
    {
        var store = new MemoryRemediationStore(Samples.Time, new LedgerChain(Samples.Keys), () => ["log", "slack"]);
        await store.MigrateAsync(Token);
        return store;
    }

    [Fact]
    public async Task FailNextCommit_BeforeEffect_WritesNothing()
    {
        var incident = Samples.Incident();
        Memory.FailNextCommit(StoreFault.BeforeEffect);

        await Should.ThrowAsync<StoreUnavailableException>(() => Store.CommitAsync(new StoreChange { Incidents = [incident] }, Token));

        (await Store.FindIncidentAsync(incident.Id, Token)).ShouldBeNull();
        await Store.CommitAsync(new StoreChange { Incidents = [incident] }, Token);
    }

    [Fact]
    public async Task FailNextCommit_AfterEffect_WritesEverythingAndDoesNotTell()
    {
        var incident = Samples.Incident();
        Memory.FailNextCommit(StoreFault.AfterEffect);

        await Should.ThrowAsync<StoreUnavailableException>(() => Store.CommitAsync(new StoreChange { Incidents = [incident], Ledger = [Samples.Draft("x")] }, Token));

        (await Store.FindIncidentAsync(incident.Id, Token))!.Version.ShouldBe(1);
        (await Store.ReadLedgerAsync(1, 10, Token)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task FailNextAccept_AfterEffect_MakesTheRepeatADuplicate()
    {
        var signals = Samples.Signals(3);
        Memory.FailNextAccept(StoreFault.AfterEffect);

        await Should.ThrowAsync<StoreUnavailableException>(() => Store.AcceptAsync(signals, Token));

        (await Store.AcceptAsync(signals, Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Away_EveryCallThrows()
    {
        Memory.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(() => Store.AcceptAsync(Samples.Signals(1), Token));
        await Should.ThrowAsync<StoreUnavailableException>(() => Store.CountPendingSignalsAsync(Token));
        Memory.Away = false;
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(0);
    }
}
