using System.Collections.Frozen;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Actions;

/// <summary>The closed catalogue: every action that a driver can carry out, and the forbidden ones, which none can. Immutable.</summary>
public sealed class ActionCatalogue
{
    private readonly FrozenDictionary<string, ActionDescriptor> descriptors;
    private readonly FrozenDictionary<string, IActionDriver[]> drivers;

    /// <summary>Composes the drivers. An action that several drivers carry out (one for each method) has the parameters of all.</summary>
    /// <exception cref="InvalidOperationException">A driver claims a forbidden action, or two drivers disagree on a class.</exception>
    public ActionCatalogue(IEnumerable<IActionDriver> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var merged = new Dictionary<string, ActionDescriptor>(StringComparer.Ordinal);
        var owners = new Dictionary<string, List<IActionDriver>>(StringComparer.Ordinal);
        foreach (var driver in drivers)
        {
            foreach (var action in driver.Actions)
            {
                if (action.Class == ActionClass.Forbidden) continue;
                if (ForbiddenActions.IsForbidden(action.Name))
                    throw new InvalidOperationException($"{driver.GetType().Name} claims the forbidden action {action.Name}.");
                if (merged.TryGetValue(action.Name, out var known) && known.Class != action.Class)
                    throw new InvalidOperationException($"{action.Name} is {known.Class} for one driver and {action.Class} for {driver.GetType().Name}.");
                merged[action.Name] = known is null ? action : Merge(known, action);
                if (!owners.TryGetValue(action.Name, out var list)) owners[action.Name] = list = [];
                if (!list.Contains(driver)) list.Add(driver);
            }
        }

        foreach (var (name, summary) in ForbiddenActions.All)
            merged[name] = new ActionDescriptor { Name = name, Summary = summary, Class = ActionClass.Forbidden, Radius = BlastRadius.Dependency };
        descriptors = merged.ToFrozenDictionary(StringComparer.Ordinal);
        this.drivers = owners.ToFrozenDictionary(owner => owner.Key, owner => owner.Value.ToArray(), StringComparer.Ordinal);
        All = [.. merged.Values.OrderBy(action => action.Name, StringComparer.Ordinal)];
    }

    /// <summary>Every entry in ordinal order of the names.</summary>
    public IReadOnlyList<ActionDescriptor> All { get; }

    /// <summary>The entry of a name; null for an unknown action.</summary>
    public ActionDescriptor? Find(string action) => descriptors.GetValueOrDefault(action);

    /// <summary>The driver that carries out a proposal; null when none does.</summary>
    public IActionDriver? DriverOf(Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return drivers.TryGetValue(proposal.Action, out var candidates) ? Array.Find(candidates, driver => driver.Drives(proposal)) : null;
    }

    /// <summary>The driver that undoes what an action did; the drivers of one action are asked in turn.</summary>
    public IActionDriver? DriverOf(ActionPlan plan) => plan is null ? null : DriverOf(plan.Proposal);

    private static ActionDescriptor Merge(ActionDescriptor one, ActionDescriptor other) => one with
    {
        TargetKinds = one.TargetKinds.Count == 0 || other.TargetKinds.Count == 0 ? [] : [.. one.TargetKinds.Union(other.TargetKinds, StringComparer.Ordinal)],
        Parameters = [.. one.Parameters.Concat(other.Parameters).DistinctBy(parameter => parameter.Name).Select(parameter => parameter with { Required = parameter.Required && one.Parameters.Any(p => p.Name == parameter.Name && p.Required) && other.Parameters.Any(p => p.Name == parameter.Name && p.Required) })],
        Disruptive = one.Disruptive || other.Disruptive,
        PatchesSpecification = one.PatchesSpecification || other.PatchesSpecification,
        ChangesNothing = one.ChangesNothing && other.ChangesNothing,
    };
}
