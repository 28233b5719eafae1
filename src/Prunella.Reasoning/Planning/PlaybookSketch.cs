namespace Prunella.Reasoning.Planning;

/// <summary>What a playbook could be, from how people resolved an incident. The same form from a model and from rules. Data: it does nothing.</summary>
/// <param name="Name">In kebab-case.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Steps">What helped, in order; empty when nothing of it is in the catalogue, and a person has to act.</param>
/// <param name="Advice">What a person should do that no action can.</param>
public sealed record PlaybookSketch(string Name, string Description, IReadOnlyList<SketchedStep> Steps, string Advice);

/// <summary>A step of a sketch.</summary>
/// <param name="Action">An entry of the catalogue that is not forbidden.</param>
/// <param name="Parameters">Only parameters of that entry, within its bounds.</param>
/// <param name="Why">One sentence.</param>
public sealed record SketchedStep(string Action, IReadOnlyDictionary<string, string> Parameters, string Why);
