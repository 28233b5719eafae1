namespace Prunella.Logs.Templates;

/// <summary>What a byte may be in a token. One table look-up a byte.</summary>
internal static class ByteClass
{
    internal const byte Gap = 0, Letter = 1, Digit = 2, Inner = 3, Colon = 4, At = 5, Under = 6;

    /// <summary>
    /// Class of each byte; constant and 256 long, so that indexing by a byte needs no check. Letters are a–z, A–Z and all bytes of
    /// multi-byte UTF-8; . - / \ $ + ~ join, _ joins too but may also start a word; everything else is a gap.
    /// </summary>
    internal static ReadOnlySpan<byte> Of =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 3, 0, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 0, 0, 0, 0, 0,
        5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 3, 0, 0, 6,
        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 3, 0,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ];

    internal static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    internal static bool IsLetter(byte b) => (uint)((b | 0x20) - 'a') <= 25;

    internal static bool IsHex(byte b) => (uint)(b - '0') <= 9 || (uint)((b | 0x20) - 'a') <= 5;

    internal static bool IsWord(byte b) => IsDigit(b) || IsLetter(b) || b == '_' || b >= 0x80;
}
