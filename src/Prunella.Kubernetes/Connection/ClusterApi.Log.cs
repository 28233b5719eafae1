using System.Globalization;
using System.Net;

namespace Prunella.Kubernetes.Connection;

internal sealed partial class ClusterApi
{
    /// <summary>The log of a container's present run as it is written, each line with its time before it; ends with the run.</summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="sinceSeconds">How old the first line may be; null for all of the run.</param>
    /// <param name="cancellation">Stops waiting for the answer; the body is the caller's.</param>
    internal Task<HttpResponseMessage> FollowLogAsync(string @namespace, string pod, string container, int? sinceSeconds, CancellationToken cancellation)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"{ApiKind.Pod.Item(@namespace, pod)}/log?container={Uri.EscapeDataString(container)}&follow=true&timestamps=true{(sinceSeconds is { } seconds ? $"&sinceSeconds={Math.Max(1, seconds)}" : "")}");

        // A connection for each: hundreds of streams that last would use up those of a shared one.
        return OpenAsync(new ApiRequest(HttpMethod.Get, "get", ApiKind.Pod, path) { Subresource = "log" }, HttpVersion.Version11, cancellation);
    }
}
