using Prunella.Remediation.Playbooks.Reading;

namespace Prunella.Remediation.Playbooks;

/// <summary>
/// Reads, checks and compiles playbooks. Reports every error at once; never throws for what a file holds, and never uses more
/// than bounded time and memory for it.
/// </summary>
public static class PlaybookLoader
{
    /// <summary>Loads files together: references may cross them, and a configured playbook replaces a shipped one of its name.</summary>
    /// <returns>Everything that is sound, and every problem by file and line. Use the set only when there is no problem.</returns>
    public static (PlaybookSet Playbooks, IReadOnlyList<PlaybookProblem> Problems) Load(IEnumerable<PlaybookFile> files, PlaybookLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        List<PlaybookProblem> problems = [];
        List<PlaybookDraft> drafts = [];
        foreach (var file in files)
        {
            foreach (var document in YamlTree.Read(file.Name, file.Text, problems))
            {
                if (PlaybookDraft.Read(file, document, problems) is { } draft) drafts.Add(draft);
            }
        }
        var byName = Names(drafts, problems);
        var used = drafts.Where(draft => draft.Name.Length == 0 || byName.GetValueOrDefault(draft.Name) == draft).ToList();
        References.Check(used, byName, problems);
        Configured(options, byName, problems);
        var compiler = new PlaybookCompiler(byName, options, problems);
        var compiled = used.Select(draft => (Draft: draft, Playbook: compiler.Compile(draft))).Where(pair => pair.Playbook is not null).ToDictionary(pair => pair.Draft, pair => pair.Playbook!);
        var playbooks = compiled.Select(pair => Continued(pair.Key, pair.Value, byName, compiled)).Where(playbook => !options.Disabled.Contains(playbook.Name));
        var ordered = problems.Distinct().OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column).ThenBy(problem => problem.Text, StringComparer.Ordinal).ToList();
        return (new PlaybookSet(playbooks), ordered.Count <= PlaybookLimits.ProblemsMax ? ordered : Cut(ordered));
    }

    /// <summary>Loads and insists.</summary>
    /// <exception cref="PlaybookInvalidException">There are problems; it carries all of them.</exception>
    public static PlaybookSet LoadOrThrow(IEnumerable<PlaybookFile> files, PlaybookLoadOptions options)
    {
        var (playbooks, problems) = Load(files, options);
        return problems.Count == 0 ? playbooks : throw new PlaybookInvalidException(problems);
    }

    private static Dictionary<string, PlaybookDraft> Names(List<PlaybookDraft> drafts, List<PlaybookProblem> problems)
    {
        Dictionary<string, PlaybookDraft> byName = new(StringComparer.Ordinal);
        foreach (var draft in drafts.Where(draft => draft.Name.Length > 0).OrderByDescending(draft => draft.Shipped))
        {
            if (byName.TryGetValue(draft.Name, out var other) && other.Shipped == draft.Shipped)
            {
                problems.Add(new(draft.File.Name, draft.Root.Line, draft.Root.Column, "name", $"'{draft.Name}' is already the name of the playbook at {other.File.Name}:{other.Root.Line}", "a unique name", "Rename one of them"));
                continue;
            }
            byName[draft.Name] = draft;
        }
        return byName;
    }

    private static void Configured(PlaybookLoadOptions options, Dictionary<string, PlaybookDraft> byName, List<PlaybookProblem> problems)
    {
        var known = byName.Values.SelectMany(draft => draft.Variables.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var name in options.Variables.Keys.Where(name => !known.Contains(name)))
            problems.Add(new("configuration", 1, 1, $"Playbooks:Variables:{name}", $"no playbook has a variable '{name}'", "", Suggestion.For(name, known)));
        foreach (var name in options.Disabled.Where(name => !byName.ContainsKey(name)))
            problems.Add(new("configuration", 1, 1, "Playbooks:Disabled", $"there is no playbook '{name}'", "", Suggestion.For(name, byName.Keys)));
    }

    /// <summary>The playbook with the actions of those that follow it.</summary>
    private static Playbook Continued(PlaybookDraft draft, Playbook playbook, Dictionary<string, PlaybookDraft> byName, Dictionary<PlaybookDraft, Playbook> compiled)
    {
        List<PlaybookStep> steps = [.. playbook.Steps];
        HashSet<PlaybookDraft> seen = [draft];
        while (draft.Next is { } next && byName.TryGetValue(next.Name, out var following) && seen.Add(following))
        {
            if (compiled.TryGetValue(following, out var continuation)) steps.AddRange(continuation.Steps);
            draft = following;
        }
        return steps.Count == playbook.Steps.Count ? playbook : playbook with { Steps = steps };
    }

    private static List<PlaybookProblem> Cut(List<PlaybookProblem> problems)
    {
        var last = problems[PlaybookLimits.ProblemsMax];
        return [.. problems.Take(PlaybookLimits.ProblemsMax), last with { Key = "", Text = $"{problems.Count - PlaybookLimits.ProblemsMax} more problems follow", Expected = "", Fix = "Correct those above first" }];
    }
}
