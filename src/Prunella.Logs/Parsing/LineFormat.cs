namespace Prunella.Logs.Parsing;

/// <summary>How the fields of a line are written.</summary>
public enum LineFormat : byte
{
    /// <summary>Told apart line by line.</summary>
    Auto,

    /// <summary>A header that is learned from the stream, then a message: syslog, Log4j, klog, logcat, access logs and the rest.</summary>
    Text,

    /// <summary>One JSON object a line, Docker's among them.</summary>
    Json,

    /// <summary>key=value pairs.</summary>
    Logfmt,
}
