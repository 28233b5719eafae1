using System.Globalization;
using System.Text;
using Prunella.Incidents;
using Prunella.Reasoning.Planning;

namespace Prunella.Reasoning;

/// <summary>
/// Writes a sketch as a playbook that nobody can use by mistake: the key <c>draft</c> belongs to no playbook, so that loading it fails
/// until a person accepts it, and its confidence is below what acts without a person.
/// </summary>
internal static class PlaybookYaml
{
    /// <summary>The line that makes it a draft.</summary>
    internal const string DraftLine = "draft: true";

    /// <summary>Below <c>remediation:gate:confidenceMin</c>: the gate asks about each of its actions until people raise it.</summary>
    internal const double Confidence = 0.6;

    internal static string Write(PlaybookSketch sketch, Incident incident, string by)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# A draft by {OneLine(by)} from how {incident.Id.Short} was resolved. It does nothing: read it, correct it, then\n");
        text.Append("# prunella playbook accept FILE --into DIRECTORY\n");
        text.Append(DraftLine).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"name: {sketch.Name}\nversion: 0.1.0\ndescription: {Quoted(sketch.Description)}\n");
        var cause = incident.Diagnosis is { Cause: not Diagnosis.Unknown and var known } ? known : sketch.Name;
        text.Append(CultureInfo.InvariantCulture, $"cause: {cause}\nfamily: {cause}\n");
        text.Append(CultureInfo.InvariantCulture, $"match:\n  alerts: [{Quoted(System.Text.RegularExpressions.Regex.Escape(incident.FirstSignal.Name))}]\n");
        text.Append(CultureInfo.InvariantCulture, $"confidence:\n  base: {Confidence}\n");
        if (sketch.Steps.Count == 0) text.Append("escalateAtOnce: true\n");
        else text.Append("actions:\n");
        foreach (var step in sketch.Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - action: {step.Action}\n");
            if (step.Parameters.Count > 0) text.Append(CultureInfo.InvariantCulture, $"    with: {{ {string.Join(", ", step.Parameters.Select(parameter => $"{parameter.Key}: {Quoted(parameter.Value)}"))} }}\n");
            if (step.Why.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    why: {Quoted(step.Why)}\n");
        }
        if (sketch.Advice.Length > 0) text.Append(CultureInfo.InvariantCulture, $"advice: {Quoted(sketch.Advice)}\n");
        return text.ToString();
    }

    // Single quotes know no escapes but their own doubling; what playbooks would fill in is taken apart.
    private static string Quoted(string text) => $"'{OneLine(text).Replace("{{", "{ {", StringComparison.Ordinal).Replace("${", "$ {", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string OneLine(string text) => string.Concat(text.Select(sign => char.IsControl(sign) || char.IsSurrogate(sign) || sign is '\u2028' or '\u2029' or '\ufeff' ? ' ' : sign)).Trim();
}
