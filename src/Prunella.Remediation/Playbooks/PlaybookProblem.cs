namespace Prunella.Remediation.Playbooks;

/// <summary>One error of a playbook file: where, what is wrong, what was expected, what to do.</summary>
/// <param name="File">The file as it was named to the loader.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Key">The path of the key: <c>actions[0].with.replicas</c>; empty for the file itself.</param>
/// <param name="Text">What is wrong, quoting the input.</param>
/// <param name="Expected">What would be right.</param>
/// <param name="Fix">What to do.</param>
public sealed record PlaybookProblem(string File, int Line, int Column, string Key, string Text, string Expected, string Fix)
{
    /// <summary><c>file:line:column: key: text. Expected …. Fix.</c>: the form that editors make clickable.</summary>
    public override string ToString()
    {
        var key = Key.Length == 0 ? "" : $"{Key}: ";
        var expected = Expected.Length == 0 ? "" : $" Expected {End(Expected)}";
        var fix = Fix.Length == 0 ? "" : $" {End(Fix)}";
        return $"{File}:{Line}:{Column}: {key}{End(Text)}{expected}{fix}";
    }

    private static string End(string sentence) => sentence[^1] is '.' or '?' ? sentence : sentence + ".";
}

/// <summary>The playbooks in use have errors; nothing is loaded rather than a part.</summary>
public sealed class PlaybookInvalidException : Exception
{
    internal PlaybookInvalidException(IReadOnlyList<PlaybookProblem> problems)
        : base($"{problems.Count} error(s) in playbooks:{Environment.NewLine}{string.Join(Environment.NewLine, problems)}") => Problems = problems;

    /// <summary>Every error, by file and line.</summary>
    public IReadOnlyList<PlaybookProblem> Problems { get; }
}
