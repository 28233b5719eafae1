namespace Prunella.Reasoning.Prompts;

/// <summary>Something that a model is shown. Always fenced; never an instruction.</summary>
/// <param name="Name">What it is: <c>evidence</c>, <c>catalogue of causes</c>.</param>
/// <param name="Text">Its text. What is too long is cut at the end, and the cut is named.</param>
public sealed record DataBlock(string Name, string Text)
{
    /// <summary>Whether it may be cut when a question is too long; what is answered number by number may not.</summary>
    public bool Cuttable { get; init; } = true;

    /// <summary>Most characters of a line, counted after redaction; what is longer is cut.</summary>
    /// <value>Characters. Default 0: any.</value>
    public int LineCharactersMax { get; init; }
}
