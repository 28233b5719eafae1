using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>What the causes of autoscalers share: conditions in status or, in the oldest API, in an annotation, and events.</summary>
public abstract class ScalerCause : Cause
{
    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var scaler in snapshot.Of("HorizontalPodAutoscaler"))
            if (scaler.DeletedAt is null && Look(snapshot, scaler, Target(scaler), [.. Told(snapshot, scaler)]) is { } found) yield return found;
    }

    private protected abstract CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words);

    private protected static ObjectRef Target(KubeObject scaler) => new(scaler.Spec["scaleTargetRef"]["kind"].Text, scaler.Namespace, scaler.Spec["scaleTargetRef"]["name"].Text);

    private static IEnumerable<ScalerWord> Told(ClusterSnapshot snapshot, KubeObject scaler)
    {
        var conditions = Conditions(scaler).ToList();
        foreach (var condition in conditions) yield return new ScalerWord(condition["type"].Text, condition["status"].Text, condition["reason"].Text, condition["message"].Text, Observed.Condition(snapshot, scaler, condition));
        // What it could not do before its pods were there, and can now, is over: every new autoscaler begins so.
        if (IsTrue(conditions, "ScalingActive") && IsTrue(conditions, "AbleToScale")) yield break;
        foreach (var happened in snapshot.EventsOf(scaler.Ref).Where(happened => happened.Warning).Take(5)) yield return new ScalerWord("", "False", happened.Reason, happened.Message, Observed.Event(snapshot, happened));
    }

    private static bool IsTrue(List<Field> conditions, string type) => conditions.Exists(condition => condition["type"].Text == type && condition["status"].Text == "True");

    private static IEnumerable<Field> Conditions(KubeObject scaler)
    {
        if (scaler.Status["conditions"].Count > 0 || scaler.Annotations["autoscaling.alpha.kubernetes.io/conditions"].Text is not { Length: > 0 and < 65_536 } text) return scaler.Status["conditions"].Items.All();
        try
        {
            return new Field(System.Text.Json.JsonElement.Parse(text)).Items.All();
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }
    }

    private protected static CauseDescriptor Describe(string name, int precedence, CauseLayer layer, string recognisedBy, string done, params string[] actions) =>
        new(name, "Scaling", layer) { RecognisedBy = recognisedBy, Done = done, Actions = actions, Family = "scaler", Precedence = precedence };
}

/// <summary>What an autoscaler's controller said.</summary>
internal sealed record ScalerWord(string Type, string Status, string Reason, string Message, Evidence Evidence);
