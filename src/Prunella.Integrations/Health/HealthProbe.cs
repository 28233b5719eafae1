using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Health;

/// <summary>
/// Asks health endpoints: one GET, http or https, nothing sent but the request, bounded in time and bytes. A redirect is followed
/// once and only to the same host and port; link-local addresses are never asked. Thread-safe.
/// </summary>
public sealed class HealthProbe : IHealthProbe, IDisposable
{
    private readonly HealthProbeOptions options;
    private readonly HttpClient client;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public HealthProbe(HealthProbeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = options.Timeout, ConnectCallback = ConnectAsync, MaxResponseHeadersLength = 32 };
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public async Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!OptionProblems.IsHttp(endpoint)) return new(null, $"'{endpoint}' is no http or https address without user and password");
        if (!Allowed(endpoint.Host)) return new(null, $"{endpoint.Host} is not among health:Hosts");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        try
        {
            var address = endpoint;
            for (var hop = 0; ; hop++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Prunella", "1"));
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                var status = (int)response.StatusCode;
                if (status is >= 300 and < 400 && response.Headers.Location is { } location)
                {
                    var target = new Uri(address, location);
                    var same = target.Host == endpoint.Host && target.Port == endpoint.Port && target.Scheme == endpoint.Scheme;
                    if (!same || hop > 0) return new(null, $"{status}: redirects to {target.GetLeftPart(UriPartial.Path)}, which is {(same ? "one redirect too many" : "another host")}");
                    address = target;
                    continue;
                }
                var line = await FirstLineAsync(response.Content, limit.Token);
                return new(status is >= 200 and < 300, line.Length == 0 ? $"{status}" : $"{status}: {line}");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(null, $"no answer within {options.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            var inner = failure;
            while (inner.InnerException is { } next) inner = next;
            return new(null, $"cannot be asked: {inner.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private bool Allowed(string host) => options.Hosts.Count == 0 || options.Hosts.Any(allowed =>
        allowed.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) : host.Equals(allowed, StringComparison.OrdinalIgnoreCase));

    /// <summary>Looks the name up itself, so that the address checked is the address connected to.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        var allowed = addresses.Where(address => !LinkLocal(address)).ToArray();
        if (allowed.Length == 0) throw new HttpRequestException($"{context.DnsEndPoint.Host} is a link-local address, which is never asked");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool LinkLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.IsIPv6LinkLocal || address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..] or [>= 224, ..]);
    }

    private async Task<string> FirstLineAsync(HttpContent content, CancellationToken cancellation)
    {
        if (options.BodyBytesMax == 0) return "";
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[options.BodyBytesMax];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, count).TrimStart();
        var line = text.Split('\n', 2)[0];
        line = string.Concat(line.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
