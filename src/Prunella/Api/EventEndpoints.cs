using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;

namespace Prunella.Api;

/// <summary>The live story as server-sent events.</summary>
internal static class EventEndpoints
{
    // Proxies close silent connections; a comment-like event every quarter of a minute keeps them open.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    internal static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", (IncidentFeed feed, IHostApplicationLifetime lifetime, TimeProvider time, CancellationToken cancellation) =>
                TypedResults.ServerSentEvents(StreamAsync(feed, time, lifetime.ApplicationStopping, cancellation)))
            .Needs(Role.Viewer).WithTags("Events").WithName("StreamEvents").WithSummary("What happens from now on, one event for each step").Produces<EventView>(200, "text/event-stream");

    private static async IAsyncEnumerable<SseItem<EventView?>> StreamAsync(IncidentFeed feed, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        var events = Channel.CreateBounded<EventView?>(new BoundedChannelOptions(1_024) { FullMode = BoundedChannelFullMode.DropOldest });
        var reading = CopyAsync(feed.SubscribeAsync(ending.Token), events.Writer);
        using var beat = time.CreateTimer(_ => events.Writer.TryWrite(null), null, KeepAlive, KeepAlive);
        yield return new SseItem<EventView?>(null, "hello");
        await foreach (var happened in events.Reader.ReadAllAsync(CancellationToken.None))
            yield return new SseItem<EventView?>(happened, happened is null ? "beat" : "incident");
        await reading;
    }

    private static async Task CopyAsync(IAsyncEnumerable<IncidentEvent> feed, ChannelWriter<EventView?> events)
    {
        try
        {
            await foreach (var happened in feed) events.TryWrite(EventView.Of(happened));
        }
        catch (OperationCanceledException)
        {
            // The listener left, or the server stops.
        }
        finally
        {
            events.Complete();
        }
    }
}
