namespace Prunella.Logs.Templates;

/// <summary>What a token of a line holds, as its scanner saw it.</summary>
public enum SlotKind : byte
{
    /// <summary>A literal word; becomes a slot only where a template says that the word varies.</summary>
    Word,

    /// <summary>Nothing between two brackets, where other lines have a value.</summary>
    Empty,

    /// <summary>Digits with sign, fraction, version dots or an attached unit.</summary>
    Number,

    /// <summary>Hexadecimal digits, with or without 0x.</summary>
    Hex,

    /// <summary>IPv4, IPv6, MAC, or a host or address with its port.</summary>
    Address,

    /// <summary>A file or request path, Unix or Windows.</summary>
    Path,

    /// <summary>scheme://…</summary>
    Url,

    /// <summary>A date, a time of day, or both.</summary>
    Time,

    /// <summary>8-4-4-4-12 hexadecimal digits.</summary>
    Uuid,

    /// <summary>Letters and digits mixed in a way that words are not.</summary>
    Identifier,

    /// <summary>Unit of the number before it (B, KB, MiB …).</summary>
    Unit,

    /// <summary>true, false, null, and the account names that templates never spell out (root, admin).</summary>
    Flag,

    /// <summary>A field of the header that is none of the above: level, logger, host, thread.</summary>
    Header,

    /// <summary>A quoted or delimited value with anything in it, of a structured line or past the token limit.</summary>
    Text,
}
