using System.Text;
using System.Text.RegularExpressions;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>What reading one playbook needs: its file, its variables, what is known outside, and where problems go.</summary>
internal sealed class ReadScope(string file, IReadOnlyDictionary<string, string> variables, PlaybookLoadOptions options, List<PlaybookProblem> problems, bool shipped = false)
{
    internal string File { get; } = file;

    internal IReadOnlyDictionary<string, string> Variables { get; } = variables;

    /// <summary>Whether the file is part of the product, which may know more actions than are configured.</summary>
    internal bool Shipped => shipped;

    internal IReadOnlyCollection<ActionDescriptor> Actions => options.Actions;

    internal IReadOnlyCollection<string> Sources => options.Sources;

    /// <summary>Conditions read so far, against the bound.</summary>
    internal int ConditionCount { get; set; }

    /// <summary>The same scope for a node that stands in another file.</summary>
    internal ReadScope In(string otherFile) => otherFile == File ? this : new ReadScope(otherFile, Variables, options, problems, shipped);

    internal void Report(TreeNode place, string key, string text, string expected, string fix) =>
        problems.Add(new PlaybookProblem(File, place.Line, place.Column, key, text, expected, fix));

    /// <summary>Puts variables in; an unknown one is a problem and stays as it is.</summary>
    internal string Expand(TreeNode place, string key, string text)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var expanded = new StringBuilder();
        for (var index = 0; index < text.Length;)
        {
            var start = text.IndexOf("${", index, StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf('}', start);
            if (end < 0)
            {
                expanded.Append(text, index, text.Length - index);
                break;
            }
            expanded.Append(text, index, start - index);
            var name = text[(start + 2)..end];
            if (Variables.TryGetValue(name, out var value)) expanded.Append(value);
            else
            {
                Report(place, key, $"the variable '{name}' is not defined", "a variable of this playbook or of one it includes", Suggestion.For(name, Variables.Keys));
                expanded.Append('x');
            }
            index = end + 1;
        }
        return expanded.ToString();
    }

    /// <summary>A regular expression that matches entirely and in linear time; null and a problem when it is none.</summary>
    internal LinearPattern? Pattern(TreeNode place, string key, string pattern)
    {
        if (pattern.Length > 1_024)
        {
            Report(place, key, "the regular expression is too long", "at most 1 024 characters", "Shorten it");
            return null;
        }
        try
        {
            return new LinearPattern(pattern);
        }
        catch (RegexParseException failure)
        {
            Report(place, key, $"'{pattern}' is no regular expression: {failure.Error} at character {failure.Offset}", "", "Correct it, or quote special characters with a backslash");
        }
        catch (NotSupportedException)
        {
            Report(place, key, $"'{pattern}' cannot be matched in linear time", "no back-references, look-around or huge repetitions", "Write it without");
        }
        return null;
    }
}
