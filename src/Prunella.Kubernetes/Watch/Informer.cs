using System.Text.Json;
using Microsoft.Extensions.Logging;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>
/// Keeps one kind of one namespace (or of all) in the store: lists once, then watches from there on, with bookmarks. A watch
/// that ends goes on from the last version; only a gap in the server's history (410) costs another list.
/// </summary>
internal sealed partial class Informer(
    WatchedKind watched, string @namespace, ClusterApi api, WatchStore store, OperatorOptions options, OperatorMetrics metrics, SemaphoreSlim lists,
    TimeProvider time, Random random, ILogger<Informer> log)
{
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(10);
    private readonly BackOff pauses = new(options.ReconnectFirst, options.ReconnectMax, random);
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int version;
    private string resourceVersion = "";

    internal InformerState State { get; private set; }

    /// <summary>Why the kind is not read, for people; empty when it is.</summary>
    internal string Why { get; private set; } = "";

    /// <summary>Ends when the first list is read, or it is clear that there will be none soon.</summary>
    internal Task Settled => settled.Task;

    internal WatchedKind Watched => watched;

    private ApiKind Kind => watched.Versions[version];

    internal async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var pause = TimeSpan.Zero;
            try
            {
                if (resourceVersion.Length == 0) await ListAsync(cancellation);
                var began = time.GetTimestamp();
                await WatchAsync(cancellation);
                // An end of its own after a while is how watches are; one at once, again and again, is not.
                if (time.GetElapsedTime(began) >= Healthy) pauses.Reset();
                else pause = pauses.Next();
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ClusterApiException exception)
            {
                pause = After(exception);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException or OperationCanceledException)
            {
                // The connection broke within the stream, fell silent, or a page was cut off.
                pause = pauses.Next();
                Fell(InformerState.Behind, exception.Message);
            }
            if (pause > TimeSpan.Zero) await PauseAsync(pause, cancellation);
        }
    }

    private TimeSpan After(ClusterApiException exception)
    {
        switch (exception.Failure)
        {
            case ClusterFailure.Gone:
                resourceVersion = "";
                metrics.Relisted(watched.Name);
                LogGap(log, Kind.Resource);
                Fell(InformerState.Behind, exception.Message);
                return pauses.Next();
            case ClusterFailure.Forbidden:
                if (State != InformerState.Forbidden) LogForbidden(log, exception.Verb, exception.Resource, exception.Message);
                resourceVersion = "";
                store.Forget(watched.Name, @namespace);
                Fell(InformerState.Forbidden, exception.Message);
                return options.ForbiddenRetry;
            case ClusterFailure.NotFound when version + 1 < watched.Versions.Count:
                version++;
                return TimeSpan.Zero;
            case ClusterFailure.NotFound:
                version = 0;
                resourceVersion = "";
                Fell(InformerState.Absent, $"this cluster serves no {watched.Versions[0].Plural}");
                return options.ForbiddenRetry;
            default:
                Fell(InformerState.Behind, exception.Message);
                return pauses.Next();
        }
    }

    private void Fell(InformerState state, string why)
    {
        if (state == InformerState.Behind && State == InformerState.Synced) LogBehind(log, Kind.Resource, why);
        if (State != InformerState.Starting || state != InformerState.Behind) State = state;
        Why = why;
        if (state is InformerState.Forbidden or InformerState.Absent) settled.TrySetResult();
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop ends at its head.
        }
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        // Few kinds at a time: after an outage every one of them would otherwise come back at once.
        await lists.WaitAsync(cancellation);
        try
        {
            var found = new List<KubeObject>();
            var limit = api.PageSize;
            var next = "";
            ListPage page;
            do
            {
                byte[] body;
                try
                {
                    body = await api.PageAsync(Kind, @namespace, watched.Fields, limit, next, cancellation);
                }
                catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.TooLarge && limit > 1)
                {
                    // A few giant objects: smaller pages bring them and the others.
                    limit = Math.Max(1, limit / 4);
                    continue;
                }
                metrics.Listed(watched.Name);
                page = ListPage.Parse(body, watched.Name);
                found.AddRange(page.Items);
                next = page.Next;
                resourceVersion = page.ResourceVersion;
            }
            while (next.Length > 0 || resourceVersion.Length == 0);
            store.Replace(watched.Name, @namespace, Belongs, found, time.GetUtcNow());
        }
        catch
        {
            resourceVersion = "";
            throw;
        }
        finally
        {
            lists.Release();
        }
        Synced();
    }

    private bool Belongs(KubeObject known) => known is not KubeEvent happened || watched.Fields.StartsWith("type=Warning", StringComparison.Ordinal) == happened.Warning;

    private void Synced()
    {
        State = InformerState.Synced;
        Why = "";
        settled.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        var timeout = options.WatchTimeout * (0.75 + random.NextDouble() / 2);
        using var response = await api.WatchAsync(Kind, @namespace, watched.Fields, resourceVersion, timeout, cancellation);
        Synced();
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await using var lines = new WatchLines(stream, options.EventBytesMax);
        using var silent = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), silence, options.WatchSilenceMax, Timeout.InfiniteTimeSpan);
        Exception? ended = null;
        var skipped = 0;
        do
        {
            if (!await lines.ReadAsync(line => ended ??= Take(line.Span), silence.Token)) return;
            silent.Change(options.WatchSilenceMax, Timeout.InfiniteTimeSpan);
            if (lines.Skipped == skipped) continue;
            skipped = lines.Skipped;
            metrics.Unreadable(watched.Name);
            LogTooLong(log, Kind.Resource, options.EventBytesMax);
        }
        while (ended is null);
        throw ended;
    }

    /// <summary>Takes one line; returns what ends the watch, null to go on.</summary>
    private ClusterApiException? Take(ReadOnlySpan<byte> line)
    {
        WatchEvent told;
        try
        {
            told = WatchEvent.Parse(line);
        }
        catch (JsonException exception)
        {
            // One event that cannot be read costs itself; its object comes again with its next change.
            metrics.Unreadable(watched.Name);
            LogMalformed(log, Kind.Resource, exception.Message);
            return null;
        }
        if (told.Kind == WatchEventKind.Error)
            return new ClusterApiException(told.Code == 410 ? ClusterFailure.Gone : ClusterFailure.ServerError, "watch", Kind.Resource, $"watch {Kind.Resource} ended: {told.Code} {Workloads.InertText.OneLine(told.Message, 300)}", told.Code);
        if (told.ResourceVersion is { Length: > 0 } seen) resourceVersion = seen;
        if (told.Kind != WatchEventKind.Bookmark && SnapshotBuilder.Make(new Field(told.Object), watched.Name, told.WrittenAt) is { } made)
            store.Put(made, told.Kind == WatchEventKind.Deleted, time.GetUtcNow());
        return null;
    }

    [LoggerMessage(4401, LogLevel.Warning, "Not permitted to {Verb} {Resource}; the operator goes on without it: {Why}")]
    private static partial void LogForbidden(ILogger log, string verb, string resource, string why);

    [LoggerMessage(4402, LogLevel.Information, "The history of {Resource} has a gap; it is listed anew")]
    private static partial void LogGap(ILogger log, string resource);

    [LoggerMessage(4403, LogLevel.Information, "The watch of {Resource} broke and will be opened again: {Why}")]
    private static partial void LogBehind(ILogger log, string resource, string why);

    [LoggerMessage(4404, LogLevel.Warning, "An event of {Resource} could not be read and was left out: {Why}")]
    private static partial void LogMalformed(ILogger log, string resource, string why);

    [LoggerMessage(4405, LogLevel.Warning, "An event of {Resource} has more than {BytesMax} bytes and was left out")]
    private static partial void LogTooLong(ILogger log, string resource, int bytesMax);
}
