namespace Prunella.Logs.Templates;

/// <summary>What a byte may be in a token. One table look-up a byte.</summary>
internal static class ByteClass
{
    internal const byte Gap = 0, Letter = 1, Digit = 2, Inner = 3, Colon = 4, At = 5;

    private static readonly byte[] Table = Build();

    internal static ReadOnlySpan<byte> Of => Table;

    private static byte[] Build()
    {
        var table = new byte[256];
        for (var b = 0; b < 256; b++)
        {
            table[b] = b switch
            {
                >= '0' and <= '9' => Digit,
                >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_' or >= 0x80 => Letter,
                '.' or '-' or '/' or '\\' or '$' or '+' or '~' => Inner,
                ':' => Colon,
                '@' => At,
                _ => Gap,
            };
        }

        return table;
    }

    internal static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    internal static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') <= 25;

    internal static bool IsHex(byte b) => (uint)(b - '0') <= 9 || (uint)((b | 0x20) - 'a') <= 5;

    internal static bool IsWord(byte b) => IsDigit(b) || IsLetter(b) || b == '_' || b >= 0x80;
}
