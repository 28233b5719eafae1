using Prunella.Sandbox.Controllers;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Kubelet;

/// <summary>Bytes written to each claim. They outlive pods, and restarting does not free them.</summary>
internal sealed class VolumeUsage
{
    private const double StartShare = 0.2; // a database that has been used for a while
    private readonly Dictionary<ObjectKey, double> used = [];
    private DateTimeOffset? last;

    /// <summary>Adds what was written since the last call, at the rates in force now.</summary>
    public void Advance(DateTimeOffset now, ObjectStore store, IEnumerable<PodRun> runs, SandboxFaults faults)
    {
        var seconds = last is { } then ? (now - then).TotalSeconds : 0;
        last = now;
        if (seconds <= 0 || faults.Active.All(fault => fault.Effect.DiskGrowthBytesPerSecond <= 0)) return;
        foreach (var run in runs)
        {
            var writing = faults.Of(run.Workload);
            var rate = writing.Sum(fault => fault.Effect.DiskGrowthBytesPerSecond);
            var most = writing.Max(fault => (double?)fault.Effect.DiskUsedMaxBytes) ?? 0;
            if (rate <= 0 || !run.Main.Any(container => container.Phase == ContainerPhase.Running)) continue;
            foreach (var volume in run.Pod.Body.Items("spec", "volumes"))
            {
                if (volume.Text("persistentVolumeClaim", "claimName") is not { } claim) continue;
                var key = new ObjectKey(run.Pod.Namespace, claim);
                if (store.Find(ResourceCatalogue.Claims, key.Namespace, key.Name) is not { } found) continue;
                var before = Used(key, found);
                used[key] = Math.Max(before, Math.Min(Math.Min(Capacity(found), most), before + (rate * seconds)));
            }
        }
    }

    public double Used(ObjectKey key, StoredObject claim) => used.TryGetValue(key, out var bytes) ? bytes : Capacity(claim) * StartShare;

    /// <summary>Fills a claim to a share of its capacity.</summary>
    public void Set(ObjectKey key, double bytes) => used[key] = bytes;

    public static long Capacity(StoredObject claim) => (long)Quantity.Of(claim.Body.At("status", "capacity", "storage"));
}
