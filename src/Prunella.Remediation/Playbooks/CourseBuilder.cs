using Prunella.Incidents;
using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks;

/// <summary>
/// Fills a playbook's actions in for one incident. An action whose condition does not hold, whose parameters do not fit, or whose
/// validation cannot be asked is left out with the reason: what cannot be checked afterwards is not done.
/// </summary>
internal static class CourseBuilder
{
    internal static async Task<(IReadOnlyList<CourseStep> Course, IReadOnlyList<string> LeftOut)> BuildAsync(
        Playbook playbook, TemplateValues values, ConditionEvaluator evaluator, List<Evidence> evidence, CancellationToken cancellation)
    {
        List<CourseStep> course = [];
        List<string> leftOut = [];
        foreach (var step in playbook.Steps)
        {
            if (step.Unavailable)
            {
                leftOut.Add($"{step.Action.Name}: no driver is configured for it");
                continue;
            }
            if (step.When is { } when)
            {
                var answer = await evaluator.AskAsync(when, cancellation);
                evidence.AddRange(answer.Evidence);
                if (answer.Truth != Truth.Yes)
                {
                    leftOut.Add($"{step.Action.Name}: {answer.Why}");
                    continue;
                }
            }
            var (built, problem) = Build(playbook, step, values);
            if (built is not null) course.Add(built);
            else leftOut.Add($"{step.Action.Name}: {problem}");
        }
        return (course, leftOut);
    }

    private static (CourseStep? Step, string Problem) Build(Playbook playbook, PlaybookStep step, TemplateValues values)
    {
        SortedDictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (var (name, template) in step.Parameters)
        {
            var rendered = template.Render(values);
            if (rendered.Text is not { } text) return (null, $"the parameter {name} cannot be filled in: {rendered.Missing}");
            var descriptor = step.Action.Parameters.First(parameter => parameter.Name == name);
            if (ParameterValue.Refuse(descriptor, text) is { } allowed) return (null, $"the parameter {name} is '{text}' and must be {allowed}");
            parameters[name] = text;
        }
        List<ValidationCheck> checks = [];
        foreach (var check in step.Checks)
        {
            var query = check.Query.Render(values);
            if (query.Text is not { } text) return (null, $"its validation cannot be asked: {query.Missing}");
            checks.Add(new ValidationCheck { Source = check.Source, Query = text, Operator = check.Operator, Bound = check.Bound, Text = check.Text });
        }
        Target? target = null;
        if (step.TargetKind is { } kind)
        {
            var name = step.TargetName!.Render(values);
            var space = step.TargetNamespace?.Render(values) ?? new Rendered("", "");
            if (name.Text is null or "" || space.Text is null) return (null, $"its target cannot be named: {name.Missing}{space.Missing}");
            // The key joins its parts by slashes: a name with one would be another object.
            if (name.Text.Contains('/', StringComparison.Ordinal) || space.Text.Contains('/', StringComparison.Ordinal)) return (null, "its target's name holds a slash");
            target = new Target(values.Target.Cluster, space.Text, kind, name.Text);
        }
        var why = step.Why?.Render(values).Text ?? step.Action.Summary;
        return (new CourseStep(step.Action.Name, parameters, $"playbook:{playbook.Name}", why.Trim())
        {
            WaitBefore = step.Wait,
            Checks = checks,
            Soak = step.Soak,
            Target = target,
        }, "");
    }
}
