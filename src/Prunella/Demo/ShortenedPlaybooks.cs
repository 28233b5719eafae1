using System.Text.RegularExpressions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Demo;

/// <summary>
/// The shipped playbooks with their windows of minutes and hours cut to seconds, because the demo's whole history is a minute
/// long. Nothing else in them is changed.
/// </summary>
internal static partial class ShortenedPlaybooks
{
    /// <summary>Writes them into a folder.</summary>
    internal static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in PlaybookFile.ShippedFiles())
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(file.Name.Replace(':', '/'))), Shorten(file.Text));
    }

    internal static string Shorten(string text)
    {
        text = RateWindow().Replace(text, "[2s]");
        text = TrendWindow().Replace(text, "${indent}over: 10s\n${indent}step: 1s");
        text = RevisionAge().Replace(text, "${head}20s");
        return Pause().Replace(text, "wait: 1s");
    }

    [GeneratedRegex(@"\[\d+[mh]\]")]
    private static partial Regex RateWindow();

    [GeneratedRegex(@"^(?<indent>\s+)over: \d+[mh]$", RegexOptions.Multiline)]
    private static partial Regex TrendWindow();

    [GeneratedRegex(@"(?<head>workload: revisionAge\s+(?:below|atLeast): )1h")]
    private static partial Regex RevisionAge();

    [GeneratedRegex(@"wait: \d+s")]
    private static partial Regex Pause();
}
