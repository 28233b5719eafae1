namespace Prunella.Logs.Templates;

/// <summary>Nouns that English log messages put before the name of a thing: "user bob", "host web-1".</summary>
internal static class Hints
{
    private static readonly HashSet<ulong> Words = Build(
        "user", "username", "uid", "account", "login", "group", "role", "host", "hostname", "node", "server", "client", "device", "interface",
        "domain", "database", "table", "queue", "topic", "job", "container", "pod", "namespace", "package", "application");

    internal static bool Contains(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 3 or > 12)
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[word.Length];
        for (var i = 0; i < word.Length; i++)
        {
            lower[i] = word[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(word[i] | 0x20) : word[i];
        }

        return Words.Contains(Mix.Bytes(lower));
    }

    private static HashSet<ulong> Build(params ReadOnlySpan<string> words)
    {
        var set = new HashSet<ulong>();
        foreach (var word in words)
        {
            set.Add(Mix.Bytes(System.Text.Encoding.ASCII.GetBytes(word)));
        }

        return set;
    }
}
