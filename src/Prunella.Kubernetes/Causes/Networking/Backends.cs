using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A backend that an ingress or a route names.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Namespace">The service's namespace.</param>
/// <param name="Port">Its port: a number or a name; empty when not given.</param>
/// <param name="Where">The host and path, for people.</param>
internal sealed record Backend(string Service, string Namespace, string Port, string Where);

/// <summary>Who leads traffic where.</summary>
internal static class Backends
{
    /// <summary>The backends of an ingress, in either form of the API.</summary>
    internal static IEnumerable<Backend> OfIngress(KubeObject ingress)
    {
        var fallback = ingress.Spec["defaultBackend"].Exists ? ingress.Spec["defaultBackend"] : ingress.Spec["backend"];
        if (Of(fallback, ingress, "default backend") is { } standing) yield return standing;
        foreach (var rule in ingress.Spec["rules"].Items)
        {
            foreach (var path in rule["http"]["paths"].Items)
                if (Of(path["backend"], ingress, $"{rule["host"].TextOrNull ?? "*"}{path["path"].TextOrNull ?? "/"}") is { } backend) yield return backend;
        }
    }

    /// <summary>The backends of a route of the Gateway API.</summary>
    internal static IEnumerable<Backend> OfRoute(KubeObject route)
    {
        var number = 0;
        foreach (var rule in route.Spec["rules"].Items)
        {
            number++;
            foreach (var reference in rule["backendRefs"].Items)
                if (reference["kind"].TextOrNull is null or "Service" && reference["name"].Text.Length > 0) yield return new Backend(reference["name"].Text, reference["namespace"].TextOrNull ?? route.Namespace, reference["port"].Text, $"rule {number}");
        }
    }

    /// <summary>The ingresses and routes that lead to a service.</summary>
    internal static IEnumerable<ObjectRef> LeadingTo(ClusterSnapshot snapshot, KubeObject service)
    {
        foreach (var ingress in snapshot.Of("Ingress", service.Namespace)) if (OfIngress(ingress).Any(backend => backend.Service == service.Name)) yield return ingress.Ref;
        foreach (var route in snapshot.Of("HTTPRoute")) if (OfRoute(route).Any(backend => backend.Service == service.Name && backend.Namespace == service.Namespace)) yield return route.Ref;
    }

    /// <summary>Whether a service has the port, by number or name.</summary>
    internal static bool HasPort(KubeObject service, string port) =>
        port.Length == 0 || service.Spec["ports"].Items.All().Any(candidate => candidate["port"].Text == port || (candidate["name"].Text.Length > 0 && candidate["name"].Text == port));

    /// <summary>The ports of a service, for people.</summary>
    internal static string Ports(KubeObject service) => Words.List(service.Spec["ports"].Items.All().Select(port => port["name"].Text.Length > 0 ? $"{port["port"].Text} ({port["name"].Text})" : port["port"].Text));

    private static Backend? Of(Field backend, KubeObject ingress, string where)
    {
        if (backend["service"] is { Exists: true } service) return new Backend(service["name"].Text, ingress.Namespace, service["port"]["number"].TextOrNull ?? service["port"]["name"].Text, where);
        return backend["serviceName"].Text.Length > 0 ? new Backend(backend["serviceName"].Text, ingress.Namespace, backend["servicePort"].Text, where) : null;
    }
}
