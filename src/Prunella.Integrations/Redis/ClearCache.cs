using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Redis;

/// <summary>What the drivers of <c>clear-cache</c> share.</summary>
internal static class ClearCache
{
    internal static readonly ActionDescriptor Descriptor = new()
    {
        Name = "clear-cache",
        Summary = "Removes entries of a regenerable cache by a pattern, or all of them.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.None,
        Parameters =
        [
            new("cache", ParameterKind.Text, "The name of a configured cache; default the target's name."),
            new("pattern", ParameterKind.Text, "Which keys, as a Redis pattern with at least three characters of its own: catalog:*."),
            new("database", ParameterKind.Integer, "The number of the Redis database; default from the configuration.") { Minimum = 0, Maximum = 1_023 },
            new("whole-database", ParameterKind.Boolean, "true in place of a pattern: every key of the database, where the configuration allows it."),
        ],
        SettleWithin = TimeSpan.FromMinutes(2),
        Risks = "Until the cache is warm again, what it fronts carries the load.",
    };

    internal static string NameIn(Proposal proposal) => proposal.Parameters.GetValueOrDefault("cache") ?? proposal.Target.Name;

    internal static bool Whole(Proposal proposal) => proposal.Parameters.GetValueOrDefault("whole-database") == "true";

    internal static IEnumerable<string> Blockers(Proposal proposal)
    {
        var pattern = proposal.Parameters.GetValueOrDefault("pattern");
        if (pattern is null == !Whole(proposal)) yield return "exactly one of pattern and whole-database: true is needed";
        if (pattern is not null && pattern.Count(character => character is not ('*' or '?' or '[' or ']' or '\\' or '^' or '-')) < 3)
            yield return $"the pattern '{pattern}' names too little; at least three characters of its own, or whole-database: true";
    }
}
