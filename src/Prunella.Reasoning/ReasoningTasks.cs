using System.Collections.Frozen;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning;

/// <summary>What models are asked, and the tier that usually answers. Each task has a prompt and a schema of its name, and a built-in answer.</summary>
public static class ReasoningTasks
{
    /// <summary>One tiny call that checks a configuration.</summary>
    public const string Test = "test";

    /// <summary>The cause of an incident, and what to try.</summary>
    public const string Diagnose = "diagnose";

    /// <summary>What to tell the person who is asked for an approval.</summary>
    public const string Recommend = "recommend";

    /// <summary>An incident in a few sentences.</summary>
    public const string SummariseIncident = "summarise-incident";

    /// <summary>The write-up after an incident.</summary>
    public const string WriteUp = "write-up";

    /// <summary>Whether templates of log lines deserve attention.</summary>
    public const string RateTemplates = "rate-templates";

    /// <summary>An English question about logs as a written query.</summary>
    public const string TranslateQuestion = "translate-question";

    /// <summary>What came of a question about logs, in two sentences.</summary>
    public const string SummariseAnswer = "summarise-answer";

    /// <summary>Routine traffic in a paragraph.</summary>
    public const string SummariseTraffic = "summarise-traffic";

    /// <summary>Names for the values of log templates.</summary>
    public const string NameFields = "name-fields";

    /// <summary>The order and the words of advice on traces.</summary>
    public const string AdviseTraces = "advise-traces";

    /// <summary>Remarks on a map of dependencies.</summary>
    public const string RemarkOnMap = "remark-on-map";

    /// <summary>Several steps for an incident.</summary>
    public const string PlanIncident = "plan-incident";

    /// <summary>A playbook from how people resolved an incident.</summary>
    public const string DraftPlaybook = "draft-playbook";

    /// <summary>Tasks with their usual tiers.</summary>
    public static IReadOnlyDictionary<string, ModelTier> All { get; } = new Dictionary<string, ModelTier>(StringComparer.OrdinalIgnoreCase)
    {
        [Test] = ModelTier.Small,
        [Diagnose] = ModelTier.Medium,
        [Recommend] = ModelTier.Medium,
        [SummariseIncident] = ModelTier.Small,
        [WriteUp] = ModelTier.Large,
        [RateTemplates] = ModelTier.Small,
        [TranslateQuestion] = ModelTier.Medium,
        [SummariseAnswer] = ModelTier.Small,
        [SummariseTraffic] = ModelTier.Small,
        [NameFields] = ModelTier.Small,
        [AdviseTraces] = ModelTier.Medium,
        [RemarkOnMap] = ModelTier.Medium,
        [PlanIncident] = ModelTier.Large,
        [DraftPlaybook] = ModelTier.Large,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
