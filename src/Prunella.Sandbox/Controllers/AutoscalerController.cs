using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>Scales targets to their CPU utilisation, as far as their bounds allow.</summary>
internal sealed class AutoscalerController(SandboxOptions options, Func<IReadOnlyList<PodGauges>> measure, EventRecorder events) : Controller
{
    private const double Tolerance = 0.1;
    private static readonly TimeSpan downscaleWindow = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, List<(DateTimeOffset At, int Wanted)>> recommendations = new(StringComparer.Ordinal);

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Autoscalers && kind == ChangeKind.Added) Simulation.At(Now, () => Tick(ObjectKey.Of(item)));
        else if (item.Type == ResourceCatalogue.Autoscalers && kind == ChangeKind.Modified && before is not null && !item.Body.At("spec").Same(before.Body.At("spec"))) Enqueue(ObjectKey.Of(item));
    }

    private void Tick(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Autoscalers, key.Namespace, key.Name) is null) return;
        Reconcile(key);
        Simulation.At(Now + options.AutoscalerInterval, () => Tick(key));
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Autoscalers, key.Namespace, key.Name) is not { } scaler) return;
        var kind = scaler.Body.Text("spec", "scaleTargetRef", "kind");
        var name = scaler.Body.Text("spec", "scaleTargetRef", "name") ?? "";
        var type = ResourceCatalogue.All.FirstOrDefault(each => each.Kind == kind && each.HasScale);
        if (type is null || Store.Find(type, key.Namespace, name) is not { } target)
        {
            Registry.Change(scaler, body => PodConditions.Set(body, "AbleToScale", false, "FailedGetScale", $"the HPA controller was unable to get the target's current scale: {kind?.ToLowerInvariant()}s.apps \"{name}\" not found", Now), "status");
            return;
        }

        var current = (int)(target.Body.Number("spec", "replicas") ?? 1);
        var low = (int)(scaler.Body.Number("spec", "minReplicas") ?? 1);
        var high = (int)(scaler.Body.Number("spec", "maxReplicas") ?? 1);
        var goal = scaler.Body.Items("spec", "metrics").FirstOrDefault(metric => metric.Text("resource", "name") == "cpu").Number("resource", "target", "averageUtilization");
        var utilisation = Utilisation(target);
        var wanted = Math.Clamp(current, low, high);
        if (goal is { } percent && utilisation is { } used && current > 0)
        {
            var ratio = used / percent;
            if (Math.Abs(ratio - 1) > Tolerance) wanted = Math.Clamp((int)Math.Ceiling(current * ratio), low, high);
        }

        wanted = current == 0 ? 0 : Stabilised(scaler.Uid, wanted, current);
        if (wanted != current)
        {
            Registry.Change(target, body => body.Ensure("spec")["replicas"] = (long)wanted);
            events.Tell(scaler, "SuccessfulRescale", $"New size: {wanted}; reason: cpu resource utilization (percentage of request) {(wanted > current ? "above" : "below")} target", "horizontal-pod-autoscaler");
        }

        Registry.Change(scaler, body => Fill(body, target, current, wanted, low, high, utilisation), "status");
    }

    private int Stabilised(string uid, int wanted, int current)
    {
        if (!recommendations.TryGetValue(uid, out var list)) recommendations[uid] = list = [];
        list.RemoveAll(each => Now - each.At > downscaleWindow);
        list.Add((Now, wanted));
        return wanted >= current ? wanted : Math.Min(current, list.Max(each => each.Wanted));
    }

    private double? Utilisation(StoredObject target)
    {
        var request = target.Body.Items("spec", "template", "spec", "containers").Sum(container => Quantity.Of(container.At("resources", "requests", "cpu")));
        if (request <= 0) return null;
        var workload = new WorkloadName(target.Namespace, target.Type.Kind, target.Name);
        var pods = measure().Where(pod => pod.Workload == workload && pod.Ready).GroupBy(pod => pod.Pod).Select(pod => pod.Sum(each => each.CpuCores)).ToArray();
        return pods.Length == 0 ? null : pods.Average() / (double)request * 100;
    }

    private void Fill(JsonObject body, StoredObject target, int current, int wanted, int low, int high, double? utilisation)
    {
        var status = body.Ensure("status");
        if (wanted != current) status["lastScaleTime"] = Now.Stamp();
        status["currentReplicas"] = target.Body.Number("status", "replicas") ?? 0;
        status["desiredReplicas"] = (long)wanted;
        if (utilisation is { } percent)
        {
            status["currentMetrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["current"] = new JsonObject
                    {
                        ["averageUtilization"] = (long)percent,
                        ["averageValue"] = ((long)(percent * 10)).ToString(CultureInfo.InvariantCulture) + "m",
                    },
                },
            });
        }

        PodConditions.Set(body, "AbleToScale", true, "ReadyForNewScale", "recommended size matches current size", Now);
        if (utilisation is null) PodConditions.Set(body, "ScalingActive", false, "FailedGetResourceMetric", "the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu or no ready pods", Now);
        else PodConditions.Set(body, "ScalingActive", true, "ValidMetricFound", "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)", Now);
        var limited = wanted == high || wanted == low;
        PodConditions.Set(body, "ScalingLimited", limited, limited ? wanted == high ? "TooManyReplicas" : "TooFewReplicas" : "DesiredWithinRange",
            limited ? $"the desired replica count is {(wanted == high ? "more than the maximum" : "less than the minimum")} replica count" : "the desired count is within the acceptable range", Now);
    }
}
