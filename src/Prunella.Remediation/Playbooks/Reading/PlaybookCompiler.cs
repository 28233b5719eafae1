using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Makes playbooks of drafts whose references are known to be sound.</summary>
internal sealed class PlaybookCompiler(IReadOnlyDictionary<string, PlaybookDraft> drafts, PlaybookLoadOptions options, List<PlaybookProblem> problems)
{
    private static readonly string[] Needed = ["cause", "family", "match"];

    private static readonly string[] NotInFragments = [.. Needed, "confidence", "summary", "actions", "next", "escalateAfter", "escalateAtOnce", "noAction", "advice", "errorRateQuery"];

    /// <summary>The playbook; null for a fragment, or when something in it is wrong.</summary>
    internal Playbook? Compile(PlaybookDraft draft)
    {
        var variables = Variables(draft);
        var scope = new ReadScope(draft.File.Name, variables, options, problems, draft.Shipped);
        var reader = ShapeReader.Open(scope, draft.Root, PlaybookShapes.Playbook, "")!;
        var version = reader.Text("version");
        var description = reader.Text("description");
        _ = reader.Text("name");
        _ = reader.Flag("fragment");
        var conditions = Conditions(draft, reader);
        var checks = Checks(draft, reader);
        if (draft.Fragment)
        {
            foreach (var key in NotInFragments.Where(reader.Has))
                reader.Report(key, $"'{key}' stands in a fragment", "variables, conditions and validate", "Move it to the playbook that includes it");
            return null;
        }
        foreach (var key in Needed.Where(key => !reader.Has(key)))
            reader.Report(key, $"'{key}' is missing", "", $"Add {key}, or write fragment: true");
        var steps = Steps(reader, checks);
        var noAction = reader.Flag("noAction") ?? false;
        var atOnce = reader.Flag("escalateAtOnce") ?? false;
        Ends(reader, noAction, atOnce);
        var match = MatchReader.Read(reader.Inner("match"));
        var confidence = reader.Inner("confidence");
        List<ConfidenceRule> adjustments = [];
        foreach (var adjustment in confidence?.Shapes("adjust") ?? [])
        {
            var by = adjustment.Number("by");
            if (adjustment.Node("when") is { } when && ConditionReader.Read(scope, when, adjustment.PathOf("when")) is { } condition && by is not null) adjustments.Add(new(by.Value, condition));
        }
        var (cause, family) = (reader.Text("cause"), reader.Text("family"));
        var advice = reader.Template("advice", TemplateLanguage.Text);
        var summary = reader.Template("summary", TemplateLanguage.Text);
        var errorRate = reader.Template("errorRateQuery", TemplateLanguage.PromQl);
        var escalateAfter = reader.Number("escalateAfter");
        var confidenceBase = confidence?.Number("base");
        if (draft.Name.Length == 0 || version is null || description is null || cause is null || family is null || conditions is null) return null;
        return new Playbook
        {
            Name = draft.Name,
            Version = version,
            Description = description.Trim(),
            Cause = cause,
            Family = family,
            File = draft.File.Name,
            Line = draft.Root.Line,
            Shipped = draft.Shipped,
            NoAction = noAction,
            EscalateAtOnce = atOnce,
            EscalateAfter = (int)(escalateAfter ?? 1),
            Match = match,
            Conditions = conditions,
            ConfidenceBase = confidenceBase ?? 0.7,
            Adjustments = adjustments,
            Steps = steps,
            Advice = advice,
            Summary = summary,
            ErrorRateQuery = errorRate,
        };
    }

    /// <summary>Those of the included first, then its own, then the configuration's.</summary>
    private Dictionary<string, string> Variables(PlaybookDraft draft)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (var part in Parts(draft))
        {
            foreach (var (name, text) in part.Variables) variables[name] = text;
        }
        foreach (var (name, text) in options.Variables)
        {
            if (variables.ContainsKey(name)) variables[name] = text;
        }
        return variables;
    }

    /// <summary>The drafts that it is made of, each once: the included in depth first order, then itself.</summary>
    private List<PlaybookDraft> Parts(PlaybookDraft draft)
    {
        // On a stack of its own: a circle is reported elsewhere and must end here, and a long chain must not exhaust the thread's.
        List<PlaybookDraft> parts = [];
        HashSet<PlaybookDraft> entered = new(ReferenceEqualityComparer.Instance) { draft };
        Stack<(PlaybookDraft Draft, int Index)> open = new([(draft, 0)]);
        while (open.TryPop(out var top))
        {
            if (top.Index == top.Draft.Includes.Count)
            {
                parts.Add(top.Draft);
                continue;
            }
            open.Push((top.Draft, top.Index + 1));
            if (drafts.TryGetValue(top.Draft.Includes[top.Index].Name, out var included) && entered.Add(included)) open.Push((included, 0));
        }
        return parts;
    }

    private Condition? Conditions(PlaybookDraft draft, ShapeReader own)
    {
        List<Condition> conditions = [];
        foreach (var part in Parts(draft))
        {
            var scope = own.Scope.In(part.File.Name);
            var node = part.Root.Entries.FirstOrDefault(entry => entry.Key.Value == "conditions").Value;
            if (node is null || node is TreeScalar { IsNull: true }) continue;
            if (ConditionReader.Read(scope, node, "conditions") is not { } condition) return null;
            conditions.Add(condition);
        }
        return conditions.Count == 1 ? conditions[0] : new AllOf(conditions);
    }

    private List<PlaybookCheck> Checks(PlaybookDraft draft, ShapeReader own)
    {
        List<PlaybookCheck> checks = [];
        foreach (var part in Parts(draft).Where(part => part != draft))
        {
            List<PlaybookProblem> keysReportedElsewhere = [];
            var scope = new ReadScope(part.File.Name, own.Scope.Variables, options, keysReportedElsewhere);
            if (ShapeReader.Open(scope, part.Root, PlaybookShapes.Playbook, "") is { } reader) checks.AddRange(StepReader.Checks(reader, "validate"));
            problems.AddRange(keysReportedElsewhere.Where(problem => problem.Key.StartsWith("validate", StringComparison.Ordinal)));
        }
        checks.AddRange(StepReader.Checks(own, "validate"));
        return checks;
    }

    /// <summary>Its own actions, then those of the playbooks that follow it.</summary>
    private static List<PlaybookStep> Steps(ShapeReader own, List<PlaybookCheck> checks)
    {
        var readers = own.Shapes("actions");
        if (own.Node("actions") is TreeList { Items.Count: 0 }) own.Report("actions", "the list of actions is empty", "at least one action", "Add one, or write noAction: true");
        if (readers.Count > PlaybookLimits.ActionsMax) own.Report("actions", $"{readers.Count} actions", $"at most {PlaybookLimits.ActionsMax}", "A person is better by then; escalate");
        return [.. readers.Select(StepReader.Read).OfType<PlaybookStep>().Select(step => step with { Checks = [.. checks, .. step.Checks] })];
    }

    private static void Ends(ShapeReader reader, bool noAction, bool atOnce)
    {
        var acts = reader.Has("actions") || reader.Has("next");
        if (noAction && (acts || atOnce)) reader.Report("noAction", "noAction stands beside actions or an escalation", "one of them", "Decide what is to happen");
        if (atOnce && acts) reader.Report("escalateAtOnce", "escalateAtOnce stands beside actions", "one of them", "Remove the actions, or escalate after them");
        if (!acts && !noAction && !atOnce) reader.Report("actions", "the playbook does nothing", "actions, next, escalateAtOnce or noAction", "Say what is to happen");
        if (atOnce && !reader.Has("advice")) reader.Report("escalateAtOnce", "a person is called without advice", "advice", "Write what the person should do");
    }
}
