using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Leader;

/// <summary>
/// Acquires, renews and releases the lease of coordination.k8s.io, as Kubernetes' own controllers do: whoever writes its name
/// into an expired or empty lease leads, and the object's version makes two writers one. Other replicas' clocks are not
/// believed: a lease has expired when it was seen unchanged for its duration by the clock of the one who looks.
/// </summary>
public sealed partial class LeaderElection
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private readonly ClusterApi api;
    private readonly OperatorOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<LeaderElection> log;
    private readonly string @namespace;
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string seenVersion = "";
    private long seenAt;

    internal LeaderElection(ClusterApi api, OperatorOptions options, Leadership leadership, string identity, string @namespace, TimeProvider time, ILogger<LeaderElection> log)
    {
        (this.api, this.options, Leadership, Identity, this.@namespace, this.time, this.log) = (api, options, leadership, identity, @namespace, time, log);
    }

    /// <summary>What came of it so far.</summary>
    public Leadership Leadership { get; }

    /// <summary>The name of this replica in the lease.</summary>
    public string Identity { get; }

    /// <summary>Ends when the lease was asked for once, whatever came of it.</summary>
    public Task Settled => settled.Task;

    /// <summary>Tries to lead until cancelled; then gives the lease back, so that another replica need not wait for its end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var before = LeaderState.Unknown;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await TryOnceAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (ClusterApiException exception)
            {
                Leadership.Failed(exception.Message);
                if (exception.Failure == ClusterFailure.Forbidden && before != LeaderState.Unknown | !settled.Task.IsCompleted) LogForbidden(log, exception.Message);
            }
            settled.TrySetResult();
            var now = Leadership.State;
            if (now != before) LogChanged(log, Identity, now, Leadership.Holder);
            before = now;
            try
            {
                await Task.Delay(options.RetryPeriod, time, cancellation);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await ReleaseAsync();
    }

    /// <summary>One look at the lease, and one write where it is this replica's or free.</summary>
    internal async Task TryOnceAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.RenewDeadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            var asked = time.GetTimestamp();
            var lease = await api.FindAsync(ApiKind.Lease, @namespace, options.LeaseName, linked.Token);
            if (lease is null)
            {
                await api.CreateAsync(ApiKind.Lease, @namespace, Wanted(null), dryRun: false, linked.Token);
                Leadership.Renewed(Identity, asked);
                return;
            }
            var holder = Text(lease, "holderIdentity");
            var version = lease["metadata"]?["resourceVersion"]?.GetValue<string>() ?? "";
            if (version != seenVersion) (seenVersion, seenAt) = (version, asked);
            var duration = lease["spec"]?["leaseDurationSeconds"] is JsonValue value && value.TryGetValue<int>(out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : options.LeaseDuration;
            if (holder.Length > 0 && holder != Identity && time.GetElapsedTime(seenAt) < duration)
            {
                Leadership.Follows(holder);
                return;
            }
            var written = await api.ReplaceAsync(ApiKind.Lease, @namespace, options.LeaseName, Wanted(lease), linked.Token);
            (seenVersion, seenAt) = (written["metadata"]?["resourceVersion"]?.GetValue<string>() ?? "", asked);
            Leadership.Renewed(Identity, asked);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Conflict)
        {
            // Another replica was faster; the next look tells who.
            Leadership.Failed("another replica wrote the lease at the same time");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Leadership.Failed("the API did not answer in time");
        }
    }

    private async Task ReleaseAsync()
    {
        if (Leadership.State != LeaderState.Leading) return;
        Leadership.Released();
        using var deadline = new CancellationTokenSource(options.RetryPeriod, time);
        try
        {
            if (await api.FindAsync(ApiKind.Lease, @namespace, options.LeaseName, deadline.Token) is not { } lease || Text(lease, "holderIdentity") != Identity) return;
            var released = Wanted(lease);
            released["spec"]!["holderIdentity"] = "";
            await api.ReplaceAsync(ApiKind.Lease, @namespace, options.LeaseName, released, deadline.Token);
        }
        catch (Exception exception) when (exception is ClusterApiException or OperationCanceledException)
        {
            LogNotReleased(log, exception.Message);
        }
    }

    private JsonObject Wanted(JsonObject? present)
    {
        var now = time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var ours = present is not null && Text(present, "holderIdentity") == Identity;
        var transitions = present?["spec"]?["leaseTransitions"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : 0;
        return new JsonObject
        {
            ["apiVersion"] = ApiKind.Lease.GroupVersion,
            ["kind"] = ApiKind.Lease.Name,
            ["metadata"] = present?["metadata"]?.DeepClone() ?? new JsonObject { ["name"] = options.LeaseName, ["namespace"] = @namespace },
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = Identity,
                ["leaseDurationSeconds"] = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
                ["acquireTime"] = ours ? Text(present!, "acquireTime") is { Length: > 0 } since ? since : now : now,
                ["renewTime"] = now,
                ["leaseTransitions"] = present is null ? 0 : ours ? transitions : transitions + 1,
            },
        };
    }

    private static string Text(JsonObject lease, string name) => lease["spec"]?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    [LoggerMessage(4501, LogLevel.Information, "Replica {Identity} is {State}; the lease is held by '{Holder}'")]
    private static partial void LogChanged(ILogger log, string identity, LeaderState state, string holder);

    [LoggerMessage(4502, LogLevel.Error, "The lease cannot be used, and nothing is changed in the cluster without it: {Why}")]
    private static partial void LogForbidden(ILogger log, string why);

    [LoggerMessage(4503, LogLevel.Information, "The lease was not given back; it ends by itself: {Why}")]
    private static partial void LogNotReleased(ILogger log, string why);
}
