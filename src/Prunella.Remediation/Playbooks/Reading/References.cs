namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Follows <c>include</c> and <c>next</c>: names that do not exist, and circles.</summary>
internal static class References
{
    internal static void Check(IEnumerable<PlaybookDraft> drafts, IReadOnlyDictionary<string, PlaybookDraft> byName, List<PlaybookProblem> problems)
    {
        foreach (var draft in drafts)
        {
            foreach (var (name, place, path) in draft.Includes)
            {
                if (!byName.ContainsKey(name)) Missing(draft, name, place, path, byName, problems);
                else Circle(draft, name, place, path, byName, part => part.Includes.Select(include => include.Name), problems);
            }
            if (draft.Next is not { } next) continue;
            if (!byName.TryGetValue(next.Name, out var following)) Missing(draft, next.Name, next.Place, "next", byName, problems);
            else if (following.Fragment) problems.Add(new(draft.File.Name, next.Place.Line, next.Place.Column, "next", $"'{next.Name}' is a fragment and has no actions", "a playbook", "Include it instead"));
            else Circle(draft, next.Name, next.Place, "next", byName, part => part.Next is { } after ? [after.Name] : [], problems);
        }
    }

    private static void Missing(PlaybookDraft draft, string name, TreeNode place, string path, IReadOnlyDictionary<string, PlaybookDraft> byName, List<PlaybookProblem> problems) =>
        problems.Add(new(draft.File.Name, place.Line, place.Column, path, $"there is no playbook '{name}'", "", Suggestion.For(name, byName.Keys)));

    private static void Circle(PlaybookDraft start, string first, TreeNode place, string path, IReadOnlyDictionary<string, PlaybookDraft> byName, Func<PlaybookDraft, IEnumerable<string>> follow, List<PlaybookProblem> problems)
    {
        if (start.Name.Length == 0) return;
        Dictionary<string, string> cameFrom = new(StringComparer.Ordinal) { [first] = start.Name };
        Queue<string> open = new([first]);
        while (open.TryDequeue(out var name))
        {
            if (name == start.Name)
            {
                List<string> way = [name];
                for (var at = cameFrom[name]; way.Count == 1 || at != start.Name; at = cameFrom[at]) way.Insert(0, at);
                if (way[0] != start.Name) way.Insert(0, start.Name);
                problems.Add(new(start.File.Name, place.Line, place.Column, path, $"the reference comes back to itself: {string.Join(" -> ", way)}", "no circle", "Remove one of the references"));
                return;
            }
            if (!byName.TryGetValue(name, out var draft)) continue;
            foreach (var following in follow(draft))
            {
                if (cameFrom.TryAdd(following, name)) open.Enqueue(following);
            }
        }
    }
}
