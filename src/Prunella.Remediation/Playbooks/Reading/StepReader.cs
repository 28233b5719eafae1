using Prunella.Incidents.Actions;
using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Reads actions and checks, and holds them against the action catalogue.</summary>
internal static class StepReader
{
    private static readonly string[] MetricKeys = ["source", "unit", "above", "atLeast", "below", "atMost", "equals"];

    /// <summary>One action; null when something in it is wrong.</summary>
    internal static PlaybookStep? Read(ShapeReader reader)
    {
        var scope = reader.Scope;
        var when = reader.Node("when") is { } condition ? ConditionReader.Read(scope, condition, reader.PathOf("when")) : null;
        var checks = Checks(reader, "validate");
        var target = reader.Inner("target");
        var kind = target?.Text("kind");
        var name = reader.Text("action");
        var unavailable = name is not null && scope.Shipped && !ForbiddenActions.IsForbidden(name) && scope.Actions.All(action => action.Name != name);
        var descriptor = name is null ? null : unavailable ? Nobodys(name) : Find(reader, name);
        List<KeyValuePair<string, Template>> parameters = [];
        foreach (var (key, text, place) in reader.TextMap("with", expand: true))
        {
            var path = $"{reader.PathOf("with")}.{key.Value}";
            var parameter = descriptor?.Parameters.FirstOrDefault(known => known.Name == key.Value);
            if (descriptor is not null && parameter is null && !unavailable)
                scope.Report(key, path, $"{descriptor.Name} has no parameter '{key.Value}'", "", Suggestion.For(key.Value, descriptor.Parameters.Select(known => known.Name)));
            if (Template.Parse(text, TemplateLanguage.Name, out var problem) is not { } template)
            {
                scope.Report(place, path, problem, "", "Correct the placeholder");
                continue;
            }
            if (parameter is not null && template.Constant && ParameterValue.Refuse(parameter, text) is { } allowed)
                scope.Report(place, path, $"'{text}' does not fit '{key.Value}'", allowed, parameter.Description);
            parameters.Add(new(key.Value, template));
        }
        if (descriptor is null) return null;
        foreach (var missing in descriptor.Parameters.Where(parameter => parameter.Required && parameter.Default is null && parameters.All(given => given.Key != parameter.Name)))
            reader.Report("action", $"{descriptor.Name} needs the parameter '{missing.Name}'", missing.Description, $"Add with: {{ {missing.Name}: … }}");
        if (kind is not null && descriptor.TargetKinds.Count > 0 && !descriptor.TargetKinds.Contains(kind))
            target!.Report("kind", $"{descriptor.Name} does not apply to a {kind}", string.Join(", ", descriptor.TargetKinds), "Choose another action or target");
        return new PlaybookStep(descriptor, parameters)
        {
            Why = reader.Template("why", TemplateLanguage.Text),
            Wait = reader.Duration("wait") ?? TimeSpan.Zero,
            Soak = reader.Duration("soak"),
            When = when,
            TargetKind = kind,
            TargetName = target?.Template("name", TemplateLanguage.Name),
            TargetNamespace = target?.Template("namespace", TemplateLanguage.Name),
            Checks = checks,
            Unavailable = unavailable,
        };
    }

    /// <summary>The checks of a playbook or an action.</summary>
    internal static List<PlaybookCheck> Checks(ShapeReader reader, string key) => [.. reader.Shapes(key).Select(Check).OfType<PlaybookCheck>()];

    private static ActionDescriptor Nobodys(string name) => new() { Name = name, Summary = name, Class = ActionClass.NeedsApproval, Radius = BlastRadius.Dependency };

    private static ActionDescriptor? Find(ShapeReader reader, string name)
    {
        var descriptor = reader.Scope.Actions.FirstOrDefault(action => action.Name == name);
        if (descriptor is { Class: ActionClass.Forbidden } || ForbiddenActions.IsForbidden(name))
        {
            reader.Scope.Report(reader.Node("action")!, reader.PathOf("action"), $"'{name}' is forbidden and never executes, whoever asks", "an allowed action", "Remove it, and describe it in advice for a person");
            return null;
        }
        if (descriptor is null)
            reader.Scope.Report(reader.Node("action")!, reader.PathOf("action"), $"'{name}' is not in the action catalogue", "", Suggestion.For(name, reader.Scope.Actions.Where(action => action.Class != ActionClass.Forbidden).Select(action => action.Name)));
        return descriptor;
    }

    private static PlaybookCheck? Check(ShapeReader reader)
    {
        var text = reader.Text("text") ?? "";
        if (reader.Has("health") == reader.Has("metric"))
        {
            reader.Report(reader.Has("health") ? "health" : "", reader.Has("health") ? "health and metric stand in one check" : "the check asks nothing", "exactly one of metric and health", "Make two checks of it, or add one");
            return null;
        }
        if (reader.Has("health"))
        {
            foreach (var key in MetricKeys.Where(reader.Has)) reader.Report(key, $"'{key}' does not belong to a health check", "only health and text", "Remove it");
            if (reader.Template("health", TemplateLanguage.Url) is not { } url) return null;
            var sample = url.Render(Samples.Values).Text;
            if (Uri.TryCreate(sample, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return new PlaybookCheck("", url, "healthy", 0, text);
            reader.Scope.Report(reader.Node("health")!, reader.PathOf("health"), $"'{url.Source}' is no address", "an absolute http or https URL", "Write it with its scheme and host");
            return null;
        }
        var source = ConditionReader.SourceOf(reader);
        var query = reader.Template("metric", ConditionReader.LanguageOf(source));
        var bounds = BoundReader.Read(reader, fields: false);
        if (bounds.Count != 1) reader.Report("metric", bounds.Count == 0 ? "nothing is compared" : "two bounds stand in one check", "exactly one of above, atLeast, below, atMost and equals", "Add it, or make two checks");
        var unit = BoundReader.UnitOf(reader, bounds, boundsArePerTime: false);
        if (query is null || unit is not { } known || bounds.Count != 1) return null;
        var (boundKey, comparison) = bounds[0];
        BoundReader.Check(reader, boundKey, comparison.Bound, known.Dimension, known.PerTime, known);
        return new PlaybookCheck(source, query, comparison.Operator, comparison.Bound.Value / known.Scale, text);
    }
}
