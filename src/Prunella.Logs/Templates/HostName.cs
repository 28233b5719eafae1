namespace Prunella.Logs.Templates;

/// <summary>Tells www.example.com from org.example.www: a host ends in a top-level domain, a package starts with one.</summary>
internal static class HostName
{
    internal static bool Is(ReadOnlySpan<byte> word)
    {
        var last = word.LastIndexOf((byte)'.');
        if (last <= 0 || !IsDomain(word[(last + 1)..]) || word.Contains((byte)'_') || word.Contains((byte)'$') || word.Contains((byte)'/'))
        {
            return false;
        }

        var first = word[..word.IndexOf((byte)'.')];
        return first.Length != last && !IsDomain(first) && !first.SequenceEqual("java"u8) && !first.SequenceEqual("javax"u8) && !first.SequenceEqual("sun"u8);
    }

    private static bool IsDomain(ReadOnlySpan<byte> label) => label.Length switch
    {
        3 => label.SequenceEqual("com"u8) || label.SequenceEqual("net"u8) || label.SequenceEqual("org"u8) || label.SequenceEqual("edu"u8)
            || label.SequenceEqual("gov"u8) || label.SequenceEqual("mil"u8) || label.SequenceEqual("lan"u8),
        4 => label.SequenceEqual("arpa"u8) || label.SequenceEqual("info"u8),
        5 => label.SequenceEqual("local"u8),
        8 => label.SequenceEqual("internal"u8),
        11 => label.SequenceEqual("localdomain"u8),
        _ => false,
    };
}
