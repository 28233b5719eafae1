using Prunella.Incidents.Actions;
using Prunella.Integrations.Http;
using Prunella.Integrations.Redis;

namespace Prunella.Integrations.Webhook;

/// <summary><c>clear-cache</c> by an application's own address.</summary>
public sealed class HttpCacheDriver(HookOptions options, TimeProvider time) : HttpActionDriver(ClearCache.Descriptor, options.Caches, time)
{
    private protected override string Noun => "cache";

    /// <inheritdoc/>
    public override bool Drives(Proposal proposal) => Names.Contains(ClearCache.NameIn(proposal));

    private protected override string NameIn(Proposal proposal) => ClearCache.NameIn(proposal);

    private protected override IEnumerable<string> Blockers(Proposal proposal, HttpEndpoint endpoint) => ClearCache.Blockers(proposal);
}
