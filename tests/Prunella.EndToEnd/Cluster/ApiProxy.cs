using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.KubeConfigModels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Cluster;

/// <summary>One request that Prunella sent to the API server, and what became of it.</summary>
/// <param name="Method">GET, PATCH ….</param>
/// <param name="Path">Path and query.</param>
/// <param name="DryRun">Whether it asked to change nothing.</param>
internal sealed record ApiCall(string Method, string Path, bool DryRun)
{
    /// <summary>The server's answer; null when it never got there.</summary>
    public int? Status { get; set; }

    /// <summary>Whether it meant to change something that matters: no reads, dry runs, reviews or events.</summary>
    internal bool Mutates => !DryRun && Method != "GET" && !Path.Contains("/events", StringComparison.Ordinal) && !Path.Contains("reviews", StringComparison.Ordinal);

    internal bool IsEviction => Mutates && Path.Contains("/eviction", StringComparison.Ordinal);
}

/// <summary>Where a request is held.</summary>
internal enum HoldPoint
{
    /// <summary>Before it reaches the API server: the intent is written, the effect has not happened.</summary>
    BeforeForwarding,

    /// <summary>After the API server has answered: the effect has happened, Prunella does not know.</summary>
    AfterForwarding,
}

/// <summary>
/// Stands between Prunella and the API server. Counts what passes, and can hold one request for good or be away altogether.
/// A held request is never forwarded later, and its answer never delivered.
/// </summary>
internal sealed class ApiProxy : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly HttpMessageInvoker upstream;
    private readonly Uri server;
    private readonly ConcurrentQueue<ApiCall> calls = new();
    private Hold? hold;

    private ApiProxy(WebApplication application, HttpMessageInvoker upstream, Uri server, int port)
    {
        (this.application, this.upstream, this.server) = (application, upstream, server);
        Kubeconfig = new K8SConfiguration
        {
            ApiVersion = "v1", Kind = "Config", CurrentContext = "proxy",
            Clusters = [new() { Name = "proxy", ClusterEndpoint = new() { Server = $"http://127.0.0.1:{port}" } }],
            Users = [new() { Name = "nobody", UserCredentials = new() { Token = "the-proxy-needs-none" } }],
            Contexts = [new() { Name = "proxy", ContextDetails = new() { Cluster = "proxy", User = "nobody" } }],
        };
        application.Run(ForwardAsync);
    }

    /// <summary>The kubeconfig that leads here.</summary>
    internal K8SConfiguration Kubeconfig { get; }

    /// <summary>While true every connection is broken off, as when the API server is away.</summary>
    internal bool IsAway { get; set; }

    internal IReadOnlyList<ApiCall> Calls => [.. calls];

    internal IReadOnlyList<ApiCall> Mutations => [.. calls.Where(call => call.Mutates)];

    internal static async Task<ApiProxy> StartAsync(string kubeconfig)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var port = LoopbackPort.Free();
        application.Urls.Add($"http://127.0.0.1:{port}");
        var proxy = new ApiProxy(application, new HttpMessageInvoker(AsAdministrator(configuration)), new Uri(configuration.Host), port);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    /// <summary>Holds the next request that fits, once.</summary>
    /// <returns>A task that ends when it is held.</returns>
    internal Task HoldNext(Func<ApiCall, bool> fits, HoldPoint point)
    {
        var next = new Hold(fits, point);
        hold = next;
        return next.Reached.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        upstream.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Abort();
            return;
        }

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var path = context.Request.Path + context.Request.QueryString.ToString();
        var call = new ApiCall(context.Request.Method, path, path.Contains("dryRun=All", StringComparison.Ordinal));
        calls.Enqueue(call);
        var holding = hold is { } wanted && wanted.Fits(call) && Interlocked.CompareExchange(ref hold, null, wanted) == wanted ? wanted : null;
        if (holding is { Point: HoldPoint.BeforeForwarding }) await StayAsync(holding, context);

        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(server, path)) { Version = HttpVersion.Version11 };
        if (body.Length > 0)
        {
            body.Position = 0;
            request.Content = new StreamContent(body);
            if (context.Request.ContentType is { } type) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (context.Request.Headers.Accept.ToString() is { Length: > 0 } accept) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await upstream.SendAsync(request, context.RequestAborted);
        call.Status = (int)answer.StatusCode;
        if (holding is not null) await StayAsync(holding, context);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        // A watch is answered before anything happens.
        await context.Response.StartAsync(context.RequestAborted);
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Stays until the client is gone, which ends the request.</summary>
    private static async Task StayAsync(Hold holding, HttpContext context)
    {
        holding.Reached.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }

    private static SocketsHttpHandler AsAdministrator(KubernetesClientConfiguration configuration)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(configuration.SslCaCerts);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            ClientCertificates = [X509Certificate2.CreateFromPem(Pem(configuration.ClientCertificateData, configuration.ClientCertificateFilePath), Pem(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath))],
        };
        return handler;
    }

    private static string Pem(string? data, string file) => data is null ? File.ReadAllText(file) : System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data));

    private sealed record Hold(Func<ApiCall, bool> Fits, HoldPoint Point)
    {
        internal TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
