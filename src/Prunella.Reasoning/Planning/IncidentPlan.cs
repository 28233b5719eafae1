namespace Prunella.Reasoning.Planning;

/// <summary>Several steps for an incident, in order. The same form from a model and from rules. Data: it does nothing.</summary>
/// <param name="Summary">One or two sentences: what the plan is, and why in this order.</param>
/// <param name="Steps">The steps; empty when no action of the catalogue treats the trouble.</param>
/// <param name="Otherwise">What a person does when no step helps.</param>
public sealed record IncidentPlan(string Summary, IReadOnlyList<PlannedStep> Steps, string Otherwise);

/// <summary>One step of a plan.</summary>
/// <param name="Action">An entry of the catalogue that is not forbidden.</param>
/// <param name="Parameters">Only parameters of that entry, within its bounds.</param>
/// <param name="Why">One sentence.</param>
/// <param name="Check">What shows that it helped, before the next step is taken.</param>
public sealed record PlannedStep(string Action, IReadOnlyDictionary<string, string> Parameters, string Why, string Check);
