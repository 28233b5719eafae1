namespace Prunella.Integrations.Health;

/// <summary>The configuration section <c>health</c>.</summary>
public sealed class HealthProbeOptions
{
    /// <summary>How long an endpoint may take.</summary>
    /// <value>Default 5 s; 100 ms to 1 minute.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much of the body is read.</summary>
    /// <value>Bytes. Default 16 KiB; 0 to 1 MiB.</value>
    public int BodyBytesMax { get; set; } = 16 * 1024;

    /// <summary>Hosts that may be asked; <c>*.shop.svc</c> stands for every host below it. Empty for any but link-local ones, where clouds keep their credentials.</summary>
    /// <value>Default any.</value>
    public IList<string> Hosts { get; init; } = [];

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("health")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
        .Within(nameof(BodyBytesMax), BodyBytesMax, 0, 1024 * 1024)
        .Check(nameof(Hosts), Hosts.All(host => host.Length > 0 && !host.Contains('/', StringComparison.Ordinal)), "holds something that is no host name; write api.shop.svc or *.shop.svc").All;
}
