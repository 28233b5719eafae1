using System.Text.Json;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// Watches the pods and workloads of a namespace beside Prunella, and notes when the API shows trouble and when it shows that all is
/// well, so that what Prunella says of its own speed is measured by somebody else. Thread-safe.
/// </summary>
public sealed class NamespaceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private readonly ClusterApi api;
    private readonly string @namespace;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Sighting> sightings = [];
    private readonly List<Asking> asked = [];
    private readonly List<Task> loops = [];

    internal NamespaceWatch(ClusterApi api, string @namespace, TimeProvider time) => (this.api, this.@namespace, this.time) = (api, @namespace, time);

    /// <summary>Begins to watch; returns once what is there has been read.</summary>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var kind in (ApiKind[])[ApiKind.ReplicaSet, ApiKind.Pod, ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet])
        {
            var version = await ListAsync(kind, cancellation);
            loops.Add(FollowAsync(kind, version));
        }
    }

    /// <summary>What was seen since a time.</summary>
    public NamespaceRecord Since(DateTimeOffset from)
    {
        lock (gate) return NamespaceRecord.Of(sightings, asked, from);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
        stopping.Dispose();
    }

    private async Task<string> ListAsync(ApiKind kind, CancellationToken cancellation)
    {
        var page = ListPage.Parse(await api.PageAsync(kind, @namespace, "", api.PageSize, "", cancellation), kind.Name);
        foreach (var item in page.Items) Note(kind, item, gone: false);
        return page.ResourceVersion;
    }

    private async Task FollowAsync(ApiKind kind, string version)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var response = await api.WatchAsync(kind, @namespace, "", version, TimeSpan.FromMinutes(5), stopping.Token);
                await using var stream = await response.Content.ReadAsStreamAsync(stopping.Token);
                await using var lines = new WatchLines(stream, 32 << 20);
                var over = false;
                while (!over && await lines.ReadAsync(line =>
                {
                    var told = WatchEvent.Parse(line.Span);
                    if (told.Kind == WatchEventKind.Error) over = true;
                    else
                    {
                        version = told.ResourceVersion;
                        if (told.Kind != WatchEventKind.Bookmark) Note(kind, Made(kind, told.Object), told.Kind == WatchEventKind.Deleted);
                    }
                }, stopping.Token)) { }
                if (over) version = await ListAsync(kind, stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is ClusterApiException or IOException or JsonException or HttpRequestException)
            {
                // What was missed meanwhile is seen a little late; the list brings it.
                await Task.Delay(Again, time, CancellationToken.None);
                try
                {
                    version = await ListAsync(kind, stopping.Token);
                }
                catch (Exception again) when (again is ClusterApiException or OperationCanceledException)
                {
                    // Tried again above, unless it is the end.
                }
            }
        }
    }

    private KubeObject Made(ApiKind kind, JsonElement item) => kind == ApiKind.Pod ? new Pod(new Field(item), @namespace) : new KubeObject(new Field(item), kind.Name, @namespace);

    private void Note(ApiKind kind, KubeObject seen, bool gone)
    {
        var now = time.GetUtcNow();
        Sighting sighting;
        if (kind == ApiKind.ReplicaSet)
        {
            lock (gate) asked.Add(new Asking(now, seen.Name, gone ? 0 : seen.Spec["replicas"].Int(1)));
            return;
        }
        if (kind == ApiKind.Pod)
        {
            var pod = (Pod)seen;
            var ending = gone || pod.Terminating;
            // What runs and is not ready yet is a start, not a trouble.
            var trouble = !ending && TroubleSigns.Shows(pod) && !(pod.Phase == "Running" && !pod.Ready && pod.Containers.All(container => container.Running && container.Restarts == 0));
            var owner = pod.Owner is { Kind: "ReplicaSet" } set ? set.Name : "";
            sighting = new Sighting(now, seen.Uid, true, trouble, pod.Ready && !ending, owner, ending);
        }
        else
        {
            var daemon = kind == ApiKind.DaemonSet;
            var wanted = daemon ? seen.Status["desiredNumberScheduled"].Int() : seen.Spec["replicas"].Int(1);
            var ready = seen.Status[daemon ? "numberReady" : "readyReplicas"].Int();
            var rolled = daemon ? seen.Status["updatedNumberScheduled"].Int() : seen.Status["updatedReplicas"].Int();
            var current = seen.Status["observedGeneration"].Int() >= seen.Metadata["generation"].Int();
            sighting = new Sighting(now, seen.Ref.ToString(), false, false, gone || (current && ready == wanted && rolled >= wanted && wanted > 0 && seen.Status["replicas"].Int(wanted) == wanted));
        }
        lock (gate) sightings.Add(sighting);
    }
}
