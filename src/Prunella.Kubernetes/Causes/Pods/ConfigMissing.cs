using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>A config map or secret, or one of its keys, that a container needs to start does not exist.</summary>
public sealed partial class ConfigMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("config-missing", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "The kubelet says that a ConfigMap, Secret or key is not found, at the start of a container or when mounting a volume.",
        Done = "Back to the last revision when the reference is new; else a person creates exactly what is named. Values are never invented.",
        Actions = ["rollback-rollout"],
        Family = "start",
        Precedence = 10,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            if (!pod.Live || pod.Ready) continue;
            foreach (var container in pod.Containers.Where(container => container.WaitingReason == "CreateContainerConfigError"))
                if (Explain(snapshot, pod, container.WaitingMessage, container, Observed.Waiting(snapshot, container)) is { } found) yield return found;
            foreach (var happened in Observed.Events(snapshot, pod.Ref, "FailedMount").Take(5))
                if (Explain(snapshot, pod, happened.Message, null, Observed.Event(snapshot, happened)) is { } found) yield return found;
        }
    }

    private CauseFinding? Explain(ClusterSnapshot snapshot, Pod pod, string message, Container? container, Evidence said)
    {
        string kind, name, key = "";
        if (MissingKey().Match(message) is { Success: true } keyed) (key, kind, name) = (keyed.Groups[1].Value, keyed.Groups[2].Value, keyed.Groups[3].Value);
        else if (MissingObject().Match(message) is { Success: true } gone) (kind, name) = (gone.Groups[1].Value, gone.Groups[2].Value);
        else if (MissingItem().Match(message) is { Success: true } item)
        {
            var volume = pod.Spec["volumes"].Items.All().FirstOrDefault(volume => volume["name"].Text == item.Groups[1].Value);
            var source = volume["configMap"].Exists ? volume["configMap"] : volume["secret"];
            kind = volume["secret"].Exists ? "Secret" : "ConfigMap";
            name = (source["name"].TextOrNull ?? source["secretName"].TextOrNull) ?? item.Groups[1].Value;
            var have = snapshot.Find(kind, pod.Namespace, name)?.Root["data"].Texts.Keys.ToHashSet();
            key = source["items"].Items.All().Select(part => part["key"].Text).FirstOrDefault(part => have is not null && !have.Contains(part)) ?? "";
        }
        else return null;
        kind = kind.StartsWith("config", StringComparison.OrdinalIgnoreCase) ? "ConfigMap" : "Secret";
        var who = container?.Words ?? "a volume";
        var existing = snapshot.Find(kind, pod.Namespace, name);
        var evidence = new List<Evidence> { said };
        if (key.Length > 0 && existing is not null)
            evidence.Add(Observed.Object(snapshot, existing, $"has the keys {Words.List(existing.Root["data"].Members.Select(member => member.Name).DefaultIfEmpty("(none)"), 12)}"));
        var summary = key.Length > 0 ? $"{kind} {pod.Namespace}/{name} has no key {key}, which {who} needs to start." : $"{kind} {pod.Namespace}/{name}, which {who} needs to start, {(message.Contains("references non-existent", StringComparison.Ordinal) ? "lacks a key" : "does not exist")}.";
        return Found(snapshot, pod, key.Length > 0 ? $"{kind} {name} key {key}" : $"{kind} {name}", 0.98, summary, evidence) with
        {
            Advice = key.Length > 0 ? $"Add the key {key} to {kind} {name} in namespace {pod.Namespace}, or correct the name in the pod template." : $"Create {kind} {name} in namespace {pod.Namespace}{WithKeys(pod, kind, name)}, or correct the name in the pod template.",
            Remedies = Rollouts.BackOrNone(snapshot, pod, key.Length > 0 ? key : name),
        };
    }

    [GeneratedRegex(@"couldn't find key (\S{1,253}) in (ConfigMap|Secret) \S{1,64}/(\S{1,253})", RegexOptions.CultureInvariant)]
    private static partial Regex MissingKey();

    [GeneratedRegex(@"(configmap|secret)s? ""([^""]{1,253})"" not found", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MissingObject();

    [GeneratedRegex(@"for volume ""([^""]{1,253})"" ?:.{0,40}references non-existent", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MissingItem();

    /// <summary>The keys that the pod's containers and volumes take from it by name, for who has to create it.</summary>
    private static string WithKeys(Pod pod, string kind, string name)
    {
        var (from, volume, named) = kind == "Secret" ? ("secretKeyRef", "secret", "secretName") : ("configMapKeyRef", "configMap", "name");
        var keys = pod.Containers.SelectMany(container => container.Spec["env"].Items.All()).Select(entry => entry["valueFrom"][from]).Where(reference => reference["name"].Text == name).Select(reference => reference["key"].Text)
            .Concat(pod.Spec["volumes"].Items.All().Select(part => part[volume]).Where(source => source[named].Text == name).SelectMany(source => source["items"].Items.All()).Select(part => part["key"].Text))
            .Where(key => key.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        return keys.Count == 0 ? "" : $" with the key{(keys.Count > 1 ? "s" : "")} {Words.List(keys)}";
    }
}
