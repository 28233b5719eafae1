using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because a variable or a key of its configuration is not there.</summary>
public sealed partial class ConfigValueMissing : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("config-value-missing", 20, CauseLayer.Root,
        "The log of the run that ended names an environment variable or configuration key that is missing; whether the pod template sets it is looked up.",
        "Back to the last revision when an earlier one is there; else a person sets exactly what is named.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            var match = Variable().Match(line) is { Success: true } one ? one : Reversed().Match(line) is { Success: true } two ? two : KeyError().Match(line) is { Success: true } three ? three : Key().Match(line);
            if (!match.Success) continue;
            var name = match.Groups["name"].Value;
            var set = container.Spec["env"].Items.All().Any(entry => entry["name"].Text == name);
            return new CrashSign(index, name, set
                ? $"{container.Words} ends because {name} is missing or empty, although the pod template sets it: its value comes out empty."
                : $"{container.Words} ends because {name} is not set.", $"Set {name} for container {container.Name} (env, or the config map or secret behind it), with the value of this environment.") { Confidence = 0.95 };
        }
        return null;
    }

    [GeneratedRegex(@"\b(?<name>[A-Z][A-Z0-9_]{2,60})['""`\]]?(?: environment variable| env var)?:? (?:is |was |must be |are |has )?(?:not set|not defined|required|missing|unset|undefined|not found|not provided|not been set|empty|set\b|unbound variable|parameter not set|parameter null or not set)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset|[Nn]o)\b[^'""]{0,30}?(?:environment|env|config(?:uration)?)(?: variables?| vars?| key| value)?s?:? ?(?:is |are )?['""`$\[{]*(?<name>[A-Z][A-Z0-9_]{2,60})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Reversed();

    [GeneratedRegex(@"KeyError: ['""](?<name>[A-Z][A-Z0-9_]{2,60})['""]", RegexOptions.CultureInvariant)]
    private static partial Regex KeyError();

    [GeneratedRegex(@"(?:Could not resolve placeholder|[Mm]issing (?:required )?(?:config(?:uration)?|setting|property|option|key)(?: key| value| setting)?|[Rr]equired (?:config(?:uration)?|setting|property|key))\b[^'""\w]{0,4}['""](?<name>[\w.:/-]{2,120})['""]", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
