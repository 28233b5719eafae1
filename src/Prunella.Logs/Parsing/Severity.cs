namespace Prunella.Logs.Parsing;

/// <summary>Severity of a line, from its level word, letter or number.</summary>
public enum Severity : byte
{
    /// <summary>The line names none.</summary>
    None,

    /// <summary>trace, verbose, finest.</summary>
    Trace,

    /// <summary>debug, fine.</summary>
    Debug,

    /// <summary>info, config.</summary>
    Info,

    /// <summary>notice.</summary>
    Notice,

    /// <summary>warn, warning.</summary>
    Warning,

    /// <summary>err, error, severe, failure.</summary>
    Error,

    /// <summary>critical, fatal, alert, emergency, panic.</summary>
    Fatal,
}
