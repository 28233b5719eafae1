using System.Text.RegularExpressions;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Reads which signals a playbook is for.</summary>
internal static partial class MatchReader
{
    internal static List<MatchRule> Read(ShapeReader? reader)
    {
        List<MatchRule> rules = [];
        if (reader is null) return rules;
        var alerts = reader.Texts("alerts");
        List<string> patterns = [];
        foreach (var (text, place, path) in alerts)
        {
            if (reader.Scope.Pattern(place, path, text) is not null) patterns.Add(text);
        }
        if (patterns.Count > 0)
        {
            rules.Add(new MatchRule(null, LinearPattern.AnyOf(patterns), Negated: false, $"alert name {string.Join(", ", alerts.Select(alert => alert.Text))}"));
        }
        foreach (var (text, place, path) in reader.Texts("labels"))
        {
            var parsed = Form().Match(text);
            if (!parsed.Success)
            {
                reader.Scope.Report(place, path, $"'{text}' is no label matcher", "NAME=\"value\", !=, =~ or !~", "Quote the value, as in severity=\"critical\"");
                continue;
            }
            var (label, sign, value) = (parsed.Groups["label"].Value, parsed.Groups["sign"].Value, parsed.Groups["double"].Success ? parsed.Groups["double"].Value : parsed.Groups["single"].Value);
            var pattern = sign.EndsWith('~') ? value : Regex.Escape(value);
            if (reader.Scope.Pattern(place, path, pattern) is { } regex) rules.Add(new MatchRule(label, regex, sign[0] == '!', text));
        }
        if (!reader.Has("alerts") && !reader.Has("labels"))
            reader.Scope.Report(reader.Map, reader.Path, "the playbook would look at every signal", "alerts or labels", "Say which it is for; alerts: ['.*'] is every one");
        return rules;
    }

    [GeneratedRegex("""^\s*(?<label>[A-Za-z_][A-Za-z0-9_./-]*)\s*(?<sign>=~|!~|!=|=)\s*("(?<double>[^"]*)"|'(?<single>[^']*)')\s*$""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
