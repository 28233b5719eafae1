namespace Prunella.Logs.Pipeline;

/// <summary>
/// Where a batch of lines came from: a kind and a name, such as <c>pod:shop/api-7d9f/api</c>, <c>file:/var/log/app.log</c>,
/// <c>bulk:app</c>, <c>otlp</c>, <c>syslog</c>, <c>kafka:logs/3</c>. It stays with the batch through a restart.
/// </summary>
public static class LogSource
{
    /// <summary>Longest name, in bytes of UTF-8; what is longer is cut.</summary>
    public const int BytesMax = 1_024;

    /// <summary>What the source of a container's log starts with.</summary>
    public const string PodPrefix = "pod:";

    /// <summary>The source of a container's log.</summary>
    public static string Pod(string @namespace, string pod, string container) => $"{PodPrefix}{@namespace}/{pod}/{container}";

    /// <summary>Reads what <see cref="Pod"/> wrote.</summary>
    /// <returns>False for any other source.</returns>
    public static bool TryPod(string source, out string @namespace, out string pod, out string container)
    {
        ArgumentNullException.ThrowIfNull(source);
        var parts = source.StartsWith(PodPrefix, StringComparison.Ordinal) ? source[PodPrefix.Length..].Split('/') : [];
        (@namespace, pod, container) = parts.Length == 3 ? (parts[0], parts[1], parts[2]) : ("", "", "");
        return parts.Length == 3;
    }
}
