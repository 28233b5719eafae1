using System.CommandLine;

namespace Prunella.Commands;

/// <summary>A command with examples, which <c>--help</c> and <c>docs/cli.md</c> print.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One sentence.</param>
internal sealed class VerbCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, each with what it does.</summary>
    internal IList<Example> Examples { get; } = [];

    /// <summary>Adds an example.</summary>
    internal VerbCommand Such(string line, string text)
    {
        Examples.Add(new Example(line, text));
        return this;
    }
}

/// <summary>An example of a command.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Text">What it does.</param>
internal sealed record Example(string Line, string Text);
