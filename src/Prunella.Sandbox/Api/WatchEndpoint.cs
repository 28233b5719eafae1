using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>Streams changes to a client until it leaves, its time is up or it falls too far behind.</summary>
internal sealed class WatchEndpoint(ObjectStore store, TimeProvider time, SandboxOptions options, CancellationToken stopping)
{
    private const int TimeoutSecondsDefault = 1800; // upstream draws 30–60 minutes

    public async Task WatchAsync(HttpContext context, ApiPath path, ResourceType type, string? onlyName = null)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        var (labels, fields) = ObjectEndpoints.Selectors(context, type);
        if (onlyName is not null) fields = FieldSelector.Parse("metadata.name=" + onlyName, type);
        var since = Since(context);
        var timeout = context.QueryNumber("timeoutSeconds") is > 0 and { } seconds ? seconds : TimeoutSecondsDefault;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), ending, TimeSpan.FromSeconds(timeout), Timeout.InfiniteTimeSpan);

        List<StoredObject> present = [];
        Watcher? watcher;
        long version;
        long compacted;
        lock (store.Gate)
        {
            if (since is null) present = store.List(type, path.Namespace, out version);
            else version = since.Value;
            watcher = version > store.Version ? null : store.Watch(type, path.Namespace, version, options.WatchQueueMax, out compacted);
            compacted = store.CompactedVersion(type);
        }

        if (watcher is null)
        {
            await RefuseAsync(context, version, compacted);
            return;
        }

        using (watcher)
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers["Cache-Control"] = "no-cache, private";
            var stream = new EventStream(context, form, labels, fields);
            foreach (var item in present) stream.Present(item.Image);
            try
            {
                await stream.FlushAsync(ending.Token, force: true);
                await StreamAsync(context, stream, watcher, version, ending.Token);
            }
            catch (OperationCanceledException)
            {
                // the client left, its time is up, or the cluster stops: all ordinary ends of a watch
            }
        }
    }

    private async Task StreamAsync(HttpContext context, EventStream stream, Watcher watcher, long version, CancellationToken token)
    {
        var bookmarks = context.QueryFlag("allowWatchBookmarks");
        using var ticker = bookmarks ? new PeriodicTimer(options.BookmarkInterval, time) : null;
        var tick = ticker?.WaitForNextTickAsync(token).AsTask();
        var ready = watcher.Changes.WaitToReadAsync(token).AsTask();
        while (true)
        {
            if (tick is null) await ready;
            else await Task.WhenAny(ready, tick);
            if (ready.IsCompleted)
            {
                if (!await ready) return; // fell behind: the client lists again
                while (watcher.Changes.TryRead(out var change))
                {
                    stream.Changed(change);
                    version = change.Image.Version;
                }

                await stream.FlushAsync(token);
                ready = watcher.Changes.WaitToReadAsync(token).AsTask();
            }

            if (tick is not { IsCompleted: true }) continue;
            await tick;
            // Nothing is queued and nothing of this type was written since: the store's version is safe to resume from.
            lock (store.Gate)
            {
                if (watcher.Changes.Count == 0) version = store.Version;
            }

            stream.Bookmark(version);
            await stream.FlushAsync(token);
            tick = ticker!.WaitForNextTickAsync(token).AsTask();
        }
    }

    private static long? Since(HttpContext context)
    {
        if (context.Query("resourceVersion") is not { Length: > 0 } text || text == "0") return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new ApiStatusException(new ApiStatus(500, "", $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"));
    }

    private async Task RefuseAsync(HttpContext context, long version, long compacted)
    {
        var status = version > store.Version
            ? new ApiStatus(504, "Timeout", $"Timeout: Too large resource version: {version}, current: {store.Version}") { Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")], RetryAfterSeconds = 1 }
            : ApiStatus.Expired($"too old resource version: {version} ({compacted + 1})");
        if (options.GoneAsHttpStatus || status.Code != 410)
        {
            await context.WriteStatusAsync(status);
            return;
        }

        var line = "{\"type\":\"ERROR\",\"object\":" + JsonBody.WriteText(status.ToJson()) + "}\n";
        await context.WriteBytesAsync(200, Encoding.UTF8.GetBytes(line));
    }

    private sealed class EventStream(HttpContext context, ObjectForm form, LabelSelector labels, FieldSelector fields)
    {
        private readonly ArrayBufferWriter<byte> buffer = new(4096);
        private bool columnsSent;

        public void Present(ObjectImage image)
        {
            if (Selected(image)) Write("ADDED", image);
        }

        // What a client sees of a change depends on what it could see before: an object may enter or leave its selection.
        public void Changed(StoreChange change)
        {
            var now = change.Kind != ChangeKind.Deleted && Selected(change.Image);
            var before = change.Previous is not null && Selected(change.Previous);
            if (now) Write(before ? "MODIFIED" : "ADDED", change.Image);
            else if (before) Write("DELETED", change.Image);
        }

        private bool Selected(ObjectImage image) => labels.Matches(image.Labels) && fields.Matches(image.Namespace, image.Name, image.Fields);

        private void Write(string kind, ObjectImage image)
        {
            buffer.Write(Encoding.ASCII.GetBytes("{\"type\":\"" + kind + "\",\"object\":"));
            form.Write(buffer, image, withColumns: !columnsSent);
            columnsSent = true;
            buffer.Write("}\n"u8);
        }

        public void Bookmark(long version) => buffer.Write(Encoding.UTF8.GetBytes(
            $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"{form.Type.Kind}\",\"apiVersion\":\"{form.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\",\"creationTimestamp\":null}}}}}}\n"));

        public async Task FlushAsync(CancellationToken token, bool force = false)
        {
            if (buffer.WrittenCount == 0 && !force) return;
            await context.Response.Body.WriteAsync(buffer.WrittenMemory, token);
            await context.Response.Body.FlushAsync(token);
            buffer.ResetWrittenCount();
        }
    }
}
