using k8s.Models;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Which owners a pod that no longer exists can have had, told from how controllers name pods.</summary>
internal sealed class VanishedPods(OwnerChain owners)
{
    // The alphabet of generated suffixes and template hashes: no vowels, no 0, 1, 3 (k8s.io/apimachinery/pkg/util/rand).
    private const string SuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Every existing object that would name a pod like this.</summary>
    internal async Task<IReadOnlyList<(string Kind, V1ObjectMeta Metadata, string How)>> OwnersOfAsync(string ns, string pod, CancellationToken cancellation)
    {
        var found = new List<(string, V1ObjectMeta, string)>();
        var dash = pod.LastIndexOf('-');
        if (dash <= 0) return found;
        var (prefix, suffix) = (pod[..dash], pod[(dash + 1)..]);
        if (suffix.Length is > 0 and < 6 && suffix.All(char.IsAsciiDigit)) await AddAsync("StatefulSet", prefix, "its name is that set's with an ordinal");
        if (suffix.Length == 5 && suffix.All(SuffixAlphabet.Contains))
        {
            await AddAsync("DaemonSet", prefix, "its name is that set's with a suffix");
            await AddAsync("Job", prefix, "its name is that job's with a suffix");
            if (!await AddAsync("ReplicaSet", prefix, "its name is that replica set's with a suffix") && prefix.LastIndexOf('-') is var hashDash and > 0)
            {
                var hash = prefix[(hashDash + 1)..];
                if (hash.Length is >= 6 and <= 10 && hash.All(SuffixAlphabet.Contains)) await AddAsync("Deployment", prefix[..hashDash], "its name is that deployment's with a template hash and a suffix");
            }
        }
        return found;

        async Task<bool> AddAsync(string kind, string name, string how)
        {
            var metadata = await owners.FindMetadataAsync(kind, ns, name, cancellation);
            if (metadata is not null) found.Add((kind, metadata, how));
            return metadata is not null;
        }
    }
}
