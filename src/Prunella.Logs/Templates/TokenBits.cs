namespace Prunella.Logs.Templates;

/// <summary>What a token is made of, counted from the bits of a <see cref="ByteMap"/>.</summary>
/// <param name="Length">Bytes before its first colon or at sign, or before the gap.</param>
/// <param name="Stopped">True when a colon or an at sign ended it.</param>
/// <param name="Digits">Figures in them.</param>
/// <param name="Letters">Letters.</param>
/// <param name="Runs">Runs of figures.</param>
/// <param name="Dots">Full stops.</param>
/// <param name="Hex">Nothing but hexadecimal digits and dashes.</param>
/// <param name="Isolated">A run of figures stands between joints: node-246, rdd_2.</param>
internal readonly record struct TokenBits(int Length, bool Stopped, int Digits, int Letters, int Runs, int Dots, bool Hex, bool Isolated)
{
    internal int Joints => Length - Digits - Letters;
}
