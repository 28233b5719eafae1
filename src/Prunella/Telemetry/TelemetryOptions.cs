using System.ComponentModel.DataAnnotations;

namespace Prunella.Telemetry;

/// <summary>Where metrics and traces of Prunella itself go, beside <c>/metrics</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "telemetry";

    /// <summary>The OTLP endpoint that metrics and traces are sent to.</summary>
    /// <value>A URL such as <c>http://collector:4317</c>. Default none: nothing is sent.</value>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>The service name that they carry.</summary>
    /// <value>Default <c>prunella</c>.</value>
    [Required, StringLength(255, MinimumLength = 1)] public string ServiceName { get; set; } = "prunella";
}
