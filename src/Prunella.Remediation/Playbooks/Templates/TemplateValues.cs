using Prunella.Incidents;

namespace Prunella.Remediation.Playbooks.Templates;

/// <summary>What placeholders may be filled with: one signal and the target of its incident.</summary>
/// <param name="Signal">The signal whose labels and annotations are seen.</param>
/// <param name="Target">The incident's target.</param>
internal sealed record TemplateValues(Signal Signal, Target Target)
{
    /// <summary>The longest value that is put into a query or a parameter.</summary>
    internal const int ValueCharactersMax = 1_024;

    /// <summary>The value; null when it is absent or empty.</summary>
    internal string? Find(Placeholder placeholder)
    {
        var value = placeholder.Scope switch
        {
            PlaceholderScope.Label => Signal.Label(placeholder.Key),
            PlaceholderScope.Annotation => Signal.Annotations.GetValueOrDefault(placeholder.Key),
            PlaceholderScope.Signal => placeholder.Key == "name" ? Signal.Name : Signal.Summary,
            _ => placeholder.Key switch
            {
                "cluster" => Target.Cluster,
                "namespace" => Target.Namespace,
                "kind" => Target.Kind,
                "name" => Target.Name,
                _ => PodPattern(Target),
            },
        };
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>
    /// A regular expression for the names of a workload's pods, those to come after a restart included, as the controllers
    /// name them. Anchored by the matcher.
    /// </summary>
    internal static string PodPattern(Target target)
    {
        var name = PromQl.QuoteRegex(target.Name);
        return target.Kind switch
        {
            "Deployment" => $"{name}-[a-z0-9]{{1,10}}-[a-z0-9]{{5}}",
            "ReplicaSet" or "DaemonSet" or "Job" => $"{name}-[a-z0-9]{{5}}",
            "StatefulSet" => $"{name}-[0-9]+",
            "CronJob" => $"{name}-[0-9]+-[a-z0-9]{{5}}",
            _ => name,
        };
    }
}
