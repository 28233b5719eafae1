using System.ComponentModel.DataAnnotations;

namespace Prunella.Webhooks;

/// <summary>What is accepted at <c>/webhooks/…</c>, from whom, and how much of it at once.</summary>
public sealed class WebhookOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "webhooks";

    /// <summary>The largest body read; a larger one is answered with 413.</summary>
    /// <value>Bytes. Default 16 777 216 (10 000 alerts of Alertmanager are about 8 MB).</value>
    [Range(65_536, 268_435_456)] public int BodyBytesMax { get; set; } = 16_777_216;

    /// <summary>The most alerts in one post; more are answered with 413, and none of them is accepted.</summary>
    /// <value>Alerts. Default 20 000.</value>
    [Range(1, 1_000_000)] public int AlertsMax { get; set; } = 20_000;

    /// <summary>The most labels, and the most annotations, of one alert.</summary>
    /// <value>Labels. Default 128.</value>
    [Range(1, 1_024)] public int LabelsMax { get; set; } = 128;

    /// <summary>The longest label value. A longer one is refused: labels are identity and are never shortened.</summary>
    /// <value>Characters. Default 4 096.</value>
    [Range(64, 65_536)] public int LabelCharsMax { get; set; } = 4_096;

    /// <summary>The longest annotation kept; what is longer is shortened and ends with an ellipsis.</summary>
    /// <value>Characters. Default 16 384.</value>
    [Range(64, 1_048_576)] public int AnnotationCharsMax { get; set; } = 16_384;

    /// <summary>How deep a body may nest, in fields that are ignored too.</summary>
    /// <value>Levels. Default 32.</value>
    [Range(8, 256)] public int DepthMax { get; set; } = 32;

    /// <summary>Bodies read at the same time, which bounds memory to this many times <see cref="BodyBytesMax"/>; more are answered with 503.</summary>
    /// <value>Requests. Default 32.</value>
    [Range(1, 1_024)] public int ConcurrentMax { get; set; } = 32;

    /// <summary>What a sender is told to wait after a 503.</summary>
    /// <value>Seconds. Default 5.</value>
    [Range(1, 600)] public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>Bearer tokens that may post, in addition to those made by <c>prunella token create --role webhook</c>. At least 16 characters each.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public IList<string> BearerTokens { get; } = [];

    /// <summary>Keys for bodies signed with <c>X-Prunella-Signature</c>. At least 16 characters each; several allow rotation.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public IList<string> SigningKeys { get; } = [];

    /// <summary>How far the time of a signed request may be from Prunella's clock, before or after.</summary>
    /// <value>Seconds. Default 300.</value>
    [Range(10, 3_600)] public int SignatureWindowSeconds { get; set; } = 300;
}
