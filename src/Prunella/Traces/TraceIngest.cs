using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Prunella.Traces.Sources;

namespace Prunella.Traces;

/// <summary>
/// Receives live traces: OTLP/HTTP at <c>/v1/traces</c> (protobuf and JSON, gzip) and OTLP/gRPC as
/// <c>opentelemetry.proto.collector.trace.v1.TraceService/Export</c>. What is answered with success is in the store.
/// </summary>
/// <remarks>
/// Memory: at most <see cref="TraceIngestOptions.ConcurrentMax"/> requests of <see cref="TraceIngestOptions.RequestBytesMax"/>.
/// gRPC is spoken by hand: one message in, one empty message and the status trailers out.
/// </remarks>
internal sealed class TraceIngest(TraceStore store, TraceIngestOptions options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.ConcurrentMax);

    public async Task HttpAsync(HttpContext context)
    {
        if (!_places.Wait(0, CancellationToken.None))
        {
            context.Response.Headers.RetryAfter = "1";
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            var json = context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;
            if (!json && context.Request.ContentType?.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase) != true)
            {
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return;
            }

            var encoding = context.Request.Headers.ContentEncoding.ToString();
            if (encoding is not ("" or "identity" or "gzip"))
            {
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return;
            }

            var body = await ReadAsync(context.Request.Body, encoding == "gzip", context.RequestAborted);
            if (body is null)
            {
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return;
            }

            var request = json ? OtlpTranscoder.ToProtobuf(body.GetBuffer().AsSpan(0, (int)body.Length)) : Checked(body.GetBuffer().AsSpan(0, (int)body.Length));
            store.Append(request);
            context.Response.ContentType = json ? "application/json" : "application/x-protobuf";
            if (json)
                await context.Response.WriteAsync("{}", context.RequestAborted);
        }
        catch (Exception broken) when (broken is InvalidDataException or JsonException or TraceFormatException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("The body is not an OTLP trace export: " + broken.Message, context.RequestAborted);
        }
        finally
        {
            _places.Release();
        }
    }

    public async Task GrpcAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        if (!_places.Wait(0, CancellationToken.None))
        {
            Status(context, 14, "busy, try again");
            return;
        }

        try
        {
            var framed = await ReadAsync(context.Request.Body, false, context.RequestAborted);
            if (framed is null)
            {
                Status(context, 8, "the request is too large");
                return;
            }

            var bytes = framed.GetBuffer().AsMemory(0, (int)framed.Length);
            if (bytes.Length < 5 || BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[1..]) != bytes.Length - 5)
            {
                Status(context, 3, "not one length-prefixed message");
                return;
            }

            var message = bytes[5..];
            if (bytes.Span[0] == 1)
            {
                if (context.Request.Headers["grpc-encoding"] != "gzip")
                {
                    Status(context, 12, "only gzip is understood");
                    return;
                }

                var unpacked = await ReadAsync(new MemoryStream(message.ToArray()), true, context.RequestAborted);
                if (unpacked is null)
                {
                    Status(context, 8, "the request is too large");
                    return;
                }

                message = unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
            }

            store.Append(Checked(message.Span));
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            Status(context, 0, null);
        }
        catch (InvalidDataException broken)
        {
            Status(context, 3, broken.Message);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    // A block is read back by its messages: a broken request must not get in among them.
    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> request)
    {
        OtlpTranscoder.Check(request);
        return request;
    }

    private static void Status(HttpContext context, int code, string? message)
    {
        var headers = context.Response.HasStarted || code == 0 ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : context.Response.Headers;
        if (headers is null)
            return;
        headers["grpc-status"] = code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (message is not null)
            headers["grpc-message"] = Uri.EscapeDataString(message);
    }

    private async Task<MemoryStream?> ReadAsync(Stream body, bool gzip, CancellationToken cancel)
    {
        await using var unpacked = gzip ? new GZipStream(body, CompressionMode.Decompress, leaveOpen: true) : null;
        var from = unpacked ?? body;
        var kept = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (kept.Length + count > options.RequestBytesMax + 5L)
                return null;
            kept.Write(buffer, 0, count);
        }

        return kept;
    }
}

/// <summary>Adds the receivers to the server.</summary>
internal static class TraceIngestExtensions
{
    /// <summary>Registers the store and the receivers. Both options have defaults; the store's directory should be set.</summary>
    internal static IServiceCollection AddTraceIngest(this IServiceCollection services, TraceStoreOptions? storage = null, TraceIngestOptions? ingest = null)
    {
        services.AddSingleton(provider => new TraceStore(storage ?? new TraceStoreOptions(), provider.GetService<TimeProvider>()));
        services.AddSingleton(provider => new TraceIngest(provider.GetRequiredService<TraceStore>(), ingest ?? new TraceIngestOptions()));
        return services;
    }

    /// <summary>Maps the receivers; gRPC needs an endpoint that speaks HTTP/2.</summary>
    internal static IEndpointRouteBuilder MapTraceIngest(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/traces", context => context.RequestServices.GetRequiredService<TraceIngest>().HttpAsync(context));
        endpoints.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => context.RequestServices.GetRequiredService<TraceIngest>().GrpcAsync(context));
        return endpoints;
    }
}
