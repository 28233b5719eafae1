using System.Collections.Concurrent;

namespace Prunella.Sandbox.Behaviours;

/// <summary>
/// The images the simulated registry knows, and what their containers do. An image that is not here cannot be pulled.
/// Safe to use from any thread; a changed entry counts from the next container start.
/// </summary>
public sealed class BehaviourRegistry
{
    private readonly ConcurrentDictionary<string, IImageBehaviour> known = new(StringComparer.Ordinal);

    /// <summary>Knows busybox and its siblings, whose scripts are simulated, and well-known idle images.</summary>
    public BehaviourRegistry()
    {
        foreach (var image in (ReadOnlySpan<string>)["busybox", "alpine", "debian"]) Add(image, ShellBehaviour.Instance);
        foreach (var image in (ReadOnlySpan<string>)["nginx", "httpd", "pause", "redis", "postgres"]) Add(image, new AppBehaviour());
    }

    /// <summary>
    /// Makes an image pullable. Without a tag the entry covers every tag that has no entry of its own, except those
    /// whose tag contains <c>missing</c> or <c>does-not-exist</c>.
    /// </summary>
    public BehaviourRegistry Add(string image, IImageBehaviour behaviour)
    {
        known[Canonical(image)] = behaviour;
        return this;
    }

    /// <summary>Makes an image unpullable again.</summary>
    public bool Remove(string image) => known.TryRemove(Canonical(image), out _);

    /// <summary>The behaviour of an image, or null when it cannot be pulled.</summary>
    public IImageBehaviour? Find(string image)
    {
        var name = Canonical(image);
        if (known.TryGetValue(name, out var exact)) return exact;
        var slash = name.LastIndexOf('/');
        var colon = name.IndexOfAny([':', '@'], slash + 1);
        if (colon < 0) return null;
        var tag = name[(colon + 1)..];
        if (tag.Contains("missing", StringComparison.Ordinal) || tag.Contains("does-not-exist", StringComparison.Ordinal)) return null;
        return known.GetValueOrDefault(name[..colon]);
    }

    private static string Canonical(string image)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["docker.io/library/", "docker.io/"])
        {
            if (image.StartsWith(prefix, StringComparison.Ordinal)) image = image[prefix.Length..];
        }

        return image.EndsWith(":latest", StringComparison.Ordinal) ? image[..^7] : image;
    }
}
