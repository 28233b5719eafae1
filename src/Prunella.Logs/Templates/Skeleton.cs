namespace Prunella.Logs.Templates;

/// <summary>
/// One message form exactly as seen: its literal words and gaps, with values left open. Many lines share a skeleton; a
/// <see cref="Template"/> gathers the skeletons that differ only in words which vary.
/// </summary>
internal sealed class Skeleton
{
    internal required ulong Key { get; init; }

    internal required ulong Layout { get; init; }

    /// <summary>Skeletons of one layout with the same gaps and number of tokens; only these can be merged word by word.</summary>
    internal required ulong Bucket { get; init; }

    /// <summary>The message of the first line that had this form.</summary>
    internal required byte[] Message { get; init; }

    /// <summary>Tokens of <see cref="Message"/>, offsets from its start.</summary>
    internal required Token[] Tokens { get; init; }

    /// <summary>Hash of the word at each token, 0 for a value.</summary>
    internal required ulong[] Words { get; init; }

    /// <summary>What the values of each variable token have in common; null for words.</summary>
    internal required SlotSample?[] Samples { get; init; }

    internal long Lines { get; set; }

    internal Template Template { get; set; } = Template.None;

    internal ReadOnlySpan<byte> Word(int token) => Message.AsSpan(Tokens[token].Start, Tokens[token].Length);
}
