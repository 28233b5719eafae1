using Prunella.Incidents.Actions;
using Prunella.Integrations.Http;
using Prunella.Integrations.Postgres;

namespace Prunella.Integrations.Webhook;

/// <summary><c>rotate-connection-pool</c> by an application's own address.</summary>
public sealed class HttpPoolDriver(HookOptions options, TimeProvider time) : HttpActionDriver(RotatePool.Descriptor, options.Pools, time)
{
    private protected override string Noun => "pool";

    /// <inheritdoc/>
    public override bool Drives(Proposal proposal) => RotatePool.MethodOf(proposal) == "http";

    private protected override string NameIn(Proposal proposal) => RotatePool.NameIn(proposal, Names);
}
