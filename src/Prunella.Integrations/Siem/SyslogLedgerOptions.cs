using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Siem;

/// <summary>What the message of a syslog line holds.</summary>
public enum SyslogLedgerFormat
{
    /// <summary>ArcSight Common Event Format, for searching and alerting.</summary>
    Cef,

    /// <summary>The entry as the export writes it, which can be verified later.</summary>
    Json,
}

/// <summary>The ledger to a SIEM by syslog over TLS (RFC 5424, RFC 5425).</summary>
public sealed class SyslogLedgerOptions : MessageVendorOptions
{
    /// <summary>The receiver; without it there is no such sink.</summary>
    /// <value>Default none.</value>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    /// <value>Default 6514.</value>
    public int Port { get; set; } = 6_514;

    /// <summary>Whether the way there is TLS; without, only to this machine.</summary>
    /// <value>Default true.</value>
    public bool Tls { get; set; } = true;

    /// <summary>A PEM file with the certificate that Prunella shows; empty for none.</summary>
    /// <value>Default none.</value>
    public string CertificateFile { get; set; } = "";

    /// <summary>A PEM file with its key.</summary>
    /// <value>Default none.</value>
    public string KeyFile { get; set; } = "";

    /// <summary>What the messages hold.</summary>
    /// <value>Default Cef.</value>
    public SyslogLedgerFormat Format { get; set; }

    /// <summary>Whether it begins with the ledger's first entry rather than with the next one.</summary>
    /// <value>Default true.</value>
    public bool FromTheBeginning { get; set; } = true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("siem:syslog")
        .HostAndPort(Host, Port, "a receiver")
        .Check(nameof(Tls), Tls || OptionProblems.IsThisMachine(Host), "must be true: the ledger would be readable on the way")
        .Check(nameof(KeyFile), CertificateFile.Length > 0 == KeyFile.Length > 0, "and CertificateFile are given together or not at all")
        .Readable(nameof(CertificateFile), CertificateFile).Readable(nameof(KeyFile), KeyFile).All;
}
