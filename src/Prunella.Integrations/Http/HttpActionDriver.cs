using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Http;

/// <summary>
/// Carries one action out by calling a named address. What the receiver does with the call is its own; an answer of 2xx counts as
/// done. There is no undo.
/// </summary>
public abstract class HttpActionDriver : IActionDriver, IDisposable
{
    private readonly Dictionary<string, HttpEndpoint> endpoints;

    private protected HttpActionDriver(ActionDescriptor action, IEnumerable<KeyValuePair<string, HttpEndpointOptions>> endpoints, TimeProvider time)
    {
        Actions = [action];
        this.endpoints = endpoints.ToDictionary(pair => pair.Key, pair => new HttpEndpoint(pair.Value, time), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ActionDescriptor> Actions { get; }

    /// <summary>What a receiver is called in messages: webhook, cache, pool, CDN.</summary>
    private protected abstract string Noun { get; }

    /// <summary>The name under which the receiver is configured.</summary>
    private protected abstract string NameIn(Proposal proposal);

    private protected IReadOnlyCollection<string> Names => endpoints.Keys;

    /// <inheritdoc/>
    public virtual bool Drives(Proposal proposal) => true;

    /// <summary>Why the call must not be made; empty when it may.</summary>
    private protected virtual IEnumerable<string> Blockers(Proposal proposal, HttpEndpoint endpoint) => [];

    /// <summary>The bodies to send, one call each, each with the path it goes to when that is not the configured one.</summary>
    private protected virtual IReadOnlyList<HttpCall> Calls(Proposal proposal, HttpEndpointOptions options) => [new HttpCall(Describe(proposal).ToJsonString(), null, null)];

    /// <inheritdoc/>
    public Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var name = NameIn(proposal);
        if (!endpoints.TryGetValue(name, out var endpoint))
        {
            var known = endpoints.Count == 0 ? "none is configured" : $"configured are {string.Join(", ", endpoints.Keys.Order(StringComparer.Ordinal))}";
            return Task.FromResult(ActionPlan.Blocked(proposal, $"there is no {Noun} '{name}'; {known}") with { WorkloadsAffected = 0 });
        }
        var blockers = Blockers(proposal, endpoint).ToList();
        IReadOnlyList<HttpCall> calls = blockers.Count > 0 ? [] : Calls(proposal, endpoint.Options);
        var diff = new StringBuilder();
        foreach (var call in calls.Take(5))
            diff.Append(endpoint.Options.Method).Append(' ').Append((call.Address ?? endpoint.Options.Url!).GetLeftPart(UriPartial.Path)).Append(call.Host is null ? "" : $" (Host: {call.Host})").Append(call.Body.Length > 0 ? $"\n{call.Body}" : "").Append('\n');
        if (calls.Count > 5) diff.Append(System.Globalization.CultureInfo.InvariantCulture, $"and {calls.Count - 5} more calls\n");
        return Task.FromResult(new ActionPlan
        {
            Proposal = proposal,
            Diff = diff.ToString(),
            Objects = [new PlannedObject(Noun, "", name, "", null)],
            WorkloadsAffected = 0,
            Blockers = blockers,
            DriverState = JsonSerializer.SerializeToElement(new HttpDriverState(name, calls), HttpDriverJson.Default.HttpDriverState),
        });
    }

    /// <inheritdoc/>
    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (endpoint, state) = Planned(plan);
        for (var index = 0; index < state.Calls.Count; index++)
        {
            var call = state.Calls[index];
            // Several calls of one execution are several requests, each done once.
            var key = state.Calls.Count == 1 ? execution.ToString() : $"{execution}-{index}";
            var answer = await endpoint.CallAsync(key, Encoding.UTF8.GetBytes(call.Body), call.Address, call.Host, cancellation);
            var at = $"{Noun} {state.Name}";
            if (answer.Success) continue;
            var before = index == 0 ? "" : $" after {index} of {state.Calls.Count} calls";
            if (!answer.Reached) return new(index == 0 ? EffectKind.Rejected : EffectKind.Unknown, $"{at} was not reached{before}: {answer.Failure}");
            var refused = (int)answer.Status is >= 300 and < 500 && answer.Status != System.Net.HttpStatusCode.RequestTimeout;
            if (refused) return new(index == 0 ? EffectKind.Rejected : EffectKind.Unknown, $"{at} refused{before} with {(int)answer.Status}: {answer.Line()}");
            return new(EffectKind.Unknown, answer.Status == 0 ? $"{at} gave no answer{before}: {answer.Failure}" : $"{at} answered{before} with {(int)answer.Status}: {answer.Line()}");
        }
        return new(EffectKind.Applied, state.Calls.Count == 1 ? $"{Noun} {state.Name} accepted it" : $"{Noun} {state.Name} accepted all {state.Calls.Count} calls");
    }

    /// <inheritdoc/>
    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (endpoint, state) = Planned(plan);
        if (state.Calls.Count == 1 && await endpoint.StatusAsync(execution.ToString(), cancellation) is { } answer)
        {
            if (answer.Success) return new(ObservationKind.Applied, $"{Noun} {state.Name} says that it did {execution}");
            if (answer.Complete && answer.Status == System.Net.HttpStatusCode.NotFound) return new(ObservationKind.NotApplied, $"{Noun} {state.Name} says that {execution} never arrived");
            return new(ObservationKind.Unknown, $"{Noun} {state.Name} cannot say: {(answer.Status == 0 ? answer.Failure : $"{(int)answer.Status}")}");
        }
        return new(ObservationKind.Unknown, $"{Noun} {state.Name} leaves no trace that can be read; ask it whether it did {execution}");
    }

    /// <inheritdoc/>
    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, $"{Actions[0].Name} cannot be undone"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var endpoint in endpoints.Values) endpoint.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What receivers are told: everything that an approver sees, and no secret.</summary>
    private protected static JsonObject Describe(Proposal proposal)
    {
        var parameters = new JsonObject();
        foreach (var (name, value) in proposal.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)) parameters[name] = value;
        return new JsonObject
        {
            ["action"] = proposal.Action,
            ["incident"] = proposal.Incident.ToString(),
            ["attempt"] = proposal.AttemptNumber,
            ["target"] = new JsonObject { ["cluster"] = proposal.Target.Cluster, ["namespace"] = proposal.Target.Namespace, ["kind"] = proposal.Target.Kind, ["name"] = proposal.Target.Name },
            ["cause"] = proposal.Cause,
            ["confidence"] = double.IsFinite(proposal.Confidence) ? proposal.Confidence : 0,
            ["proposedBy"] = proposal.ProposedBy,
            ["why"] = proposal.Why,
            ["parameters"] = parameters,
        };
    }

    private (HttpEndpoint Endpoint, HttpDriverState State) Planned(ActionPlan plan)
    {
        var state = plan.DriverState is { } json ? json.Deserialize(HttpDriverJson.Default.HttpDriverState) : null;
        if (state is null || state.Calls.Count == 0) throw new ActionFailedException($"The plan of {Actions[0].Name} holds no call; plan it again.");
        if (!endpoints.TryGetValue(state.Name, out var endpoint)) throw new ActionFailedException($"The {Noun} '{state.Name}' of the plan is not configured any more.");
        // The plan was stored in between: the address must still be one of the configured host.
        if (state.Calls.Any(call => call.Address is { } address && (address.Authority != endpoint.Options.Url!.Authority || address.Scheme != endpoint.Options.Url.Scheme)))
            throw new ActionFailedException($"The plan of {Actions[0].Name} leads to another host than the configured one; plan it again.");
        return (endpoint, state);
    }
}

/// <summary>One call of a plan.</summary>
/// <param name="Body">JSON; empty for none.</param>
/// <param name="Address">On the configured host; null for the configured address.</param>
/// <param name="Host">The Host header; null for the address's own.</param>
internal sealed record HttpCall(string Body, Uri? Address, string? Host);

/// <summary>What execution needs of the plan.</summary>
internal sealed record HttpDriverState(string Name, IReadOnlyList<HttpCall> Calls);

[System.Text.Json.Serialization.JsonSerializable(typeof(HttpDriverState))]
internal sealed partial class HttpDriverJson : System.Text.Json.Serialization.JsonSerializerContext;
