using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Postgres;

/// <summary>
/// <c>rotate-connection-pool</c> with method postgres: ends backends that have been idle for long, of the configured application,
/// user or database, so that the pool opens new ones. Working backends, superusers, replication and Prunella itself are left alone.
/// An open transaction of an idle backend is rolled back. There is nothing to undo: pools connect again by themselves.
/// </summary>
public sealed class PostgresPoolDriver : IActionDriver
{
    private readonly PostgresPoolsOptions options;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public PostgresPoolDriver(PostgresPoolsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ActionDescriptor> Actions => [RotatePool.Descriptor];

    /// <inheritdoc/>
    public bool Drives(Proposal proposal) => RotatePool.MethodOf(proposal) == "postgres";

    /// <inheritdoc/>
    public async Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var name = RotatePool.NameIn(proposal, [.. options.Pools.Keys]);
        if (!options.Pools.TryGetValue(name, out var pool))
            return ActionPlan.Blocked(proposal, $"there is no pool '{name}'; configured are {string.Join(", ", options.Pools.Keys.Order(StringComparer.Ordinal))}") with { WorkloadsAffected = 0 };
        List<string> blockers = [];
        var idle = pool.IdleLongerThan;
        if (proposal.Parameters.TryGetValue("idle-longer-than", out var asked))
        {
            if (!Duration.TryParse(asked, out var longer)) blockers.Add($"'{asked}' is no duration");
            else if (longer < pool.IdleLongerThan) blockers.Add($"idle-longer-than is {asked}, less than the configured {Duration.Format(pool.IdleLongerThan)}");
            else idle = longer;
        }
        var application = proposal.Parameters.GetValueOrDefault("application") ?? pool.Application;
        if (pool.Application.Length > 0 && application != pool.Application) blockers.Add($"the application '{application}' is not the configured '{pool.Application}'");
        if (blockers.Count > 0) return Plan(proposal, name, "", blockers, null);
        try
        {
            var reading = await new PostgresPool(pool).ReadAsync(idle, application, cancellation);
            var eligible = reading.Eligible;
            if (eligible.Count == 0 && reading.Hidden > 0) blockers.Add(FormattableString.Invariant($"the role may not see the state of {reading.Hidden} backends; grant it pg_read_all_stats"));
            else if (eligible.Count == 0) blockers.Add($"no backend has been idle for longer than {Duration.Format(idle)}; there is nothing to end");
            List<Backend> planned = [.. eligible.Take(pool.BackendsMax)];
            var more = eligible.Count > planned.Count ? " at most, those idle longest" : "";
            var sample = string.Concat(planned.Take(5).Select(backend => string.Create(CultureInfo.InvariantCulture, $"\nbackend {backend.Pid} of {InertText.Line(backend.User, 64)} ({InertText.Line(backend.Application, 64)}), {backend.State} for {backend.IdleSeconds:0} s")));
            var diff = FormattableString.Invariant($"end {planned.Count} of {reading.Matching} backends of pool {name}{more}; the server has {reading.Connections} of {reading.ConnectionsMax} connections{sample}");
            return Plan(proposal, name, diff, blockers, new PostgresDriverState(name, idle, application, planned));
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or SocketException)
        {
            throw new ActionFailedException($"The pool {name} could not be read: {InertText.Line(failure)}", failure);
        }
    }

    /// <inheritdoc/>
    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var (pool, state) = Planned(plan);
        try
        {
            var ended = await new PostgresPool(pool).EndAsync(state.Backends, state.Idle, state.Application, cancellation);
            return ended == 0
                ? new(EffectKind.PreconditionFailed, $"none of the {state.Backends.Count} planned backends of {state.Pool} is idle any more")
                : new(EffectKind.Applied, $"ended {ended} of {state.Backends.Count} planned backends of {state.Pool}");
        }
        catch (PostgresException failure)
        {
            return new(failure.SqlState == PostgresErrorCodes.QueryCanceled ? EffectKind.Unknown : EffectKind.Rejected, $"the pool {state.Pool} refused: {failure.SqlState}: {InertText.Line(failure)}");
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or SocketException or OperationCanceledException)
        {
            return new(EffectKind.Unknown, $"the pool {state.Pool} gave no answer: {InertText.Line(failure)}");
        }
    }

    /// <inheritdoc/>
    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var (pool, state) = Planned(plan);
        try
        {
            var remaining = await new PostgresPool(pool).RemainingAsync(state.Backends, cancellation);
            if (remaining == 0) return new(ObservationKind.Applied, $"none of the {state.Backends.Count} planned backends of {state.Pool} is there any more");
            return remaining == state.Backends.Count
                ? new(ObservationKind.NotApplied, $"all {remaining} planned backends of {state.Pool} are still there")
                : new(ObservationKind.Unknown, $"{remaining} of {state.Backends.Count} planned backends of {state.Pool} are still there; the others may have ended by themselves");
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or SocketException)
        {
            return new(ObservationKind.Unknown, $"the pool {state.Pool} cannot be asked: {InertText.Line(failure)}");
        }
    }

    /// <inheritdoc/>
    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, "ended backends are not brought back; the pool connects again by itself"));

    private (PostgresPoolOptions Pool, PostgresDriverState State) Planned(ActionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var state = plan.DriverState is { } json ? json.Deserialize(PostgresDriverJson.Default.PostgresDriverState) : null;
        if (state is null || state.Backends.Count == 0) throw new ActionFailedException("The plan of rotate-connection-pool holds no backend; plan it again.");
        return options.Pools.TryGetValue(state.Pool, out var pool) ? (pool, state) : throw new ActionFailedException($"The pool '{state.Pool}' of the plan is not configured any more.");
    }

    private static ActionPlan Plan(Proposal proposal, string name, string diff, List<string> blockers, PostgresDriverState? state) => new()
    {
        Proposal = proposal,
        Diff = diff,
        Objects = [new PlannedObject("Pool", "", name, "", null), .. (state?.Backends ?? []).Select(backend => new PlannedObject("Backend", "", backend.Pid.ToString(CultureInfo.InvariantCulture), backend.StartedAt.ToString("O"), null))],
        WorkloadsAffected = 0,
        Blockers = blockers,
        DriverState = state is null ? null : JsonSerializer.SerializeToElement(state, PostgresDriverJson.Default.PostgresDriverState),
    };
}

/// <summary>What execution needs of the plan.</summary>
internal sealed record PostgresDriverState(string Pool, TimeSpan Idle, string Application, IReadOnlyList<Backend> Backends);

[JsonSerializable(typeof(PostgresDriverState))]
internal sealed partial class PostgresDriverJson : JsonSerializerContext;
