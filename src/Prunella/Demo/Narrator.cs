using System.Globalization;
using Prunella.Remediation.Execution;
using Prunella.Terminal;

namespace Prunella.Demo;

/// <summary>Tells the live story, one line for each step: when, whose, what.</summary>
/// <param name="output">Where to.</param>
/// <param name="colours">Whether it is a terminal that shows colours.</param>
/// <param name="width">Characters of a line; longer ones are cut, because the page and the ledger have the rest.</param>
/// <param name="time">The clock.</param>
internal sealed class Narrator(TextWriter output, bool colours, int width, TimeProvider time)
{
    private const int NameColumns = 15;
    private readonly Lock gate = new();
    private readonly DateTimeOffset start = time.GetUtcNow();

    /// <summary>A terminal on stdout without <c>NO_COLOR</c> gets colours; anything else plain text.</summary>
    internal static Narrator ForConsole(TimeProvider time)
    {
        var terminal = !System.Console.IsOutputRedirected;
        var width = 160;
        if (terminal)
        {
            try { width = Math.Clamp(System.Console.WindowWidth, 80, 200); }
            catch (IOException) { terminal = false; }
        }
        return new Narrator(System.Console.Out, terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")), width, time);
    }

    internal bool Colours => colours;

    /// <summary>One line as it stands.</summary>
    internal void Say(string text = "")
    {
        lock (gate) output.WriteLine(text);
    }

    /// <summary>The demo itself did something.</summary>
    internal void Stage(string who, string text) => Line(who, "breaks", "35", text);

    /// <summary>Prunella or a person did something.</summary>
    internal void Tell(IncidentEvent happened)
    {
        if (happened.Kind == IncidentEventKind.Gathered || happened.Text.Length == 0) return;
        Line(happened.Target?.Name ?? "prunella", Word(happened.Kind), Colour(happened.Kind), happened.Text);
    }

    /// <summary>What the logs of a workload say of its trouble.</summary>
    internal void Heard(string who, string text) => Line(who, "logs say", "0", text);

    private void Line(string who, string word, string colour, string text)
    {
        var seconds = (time.GetUtcNow() - start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(6);
        var name = InertText.Line(who);
        name = (name.Length > NameColumns ? name[..(NameColumns - 1)] + "…" : name).PadRight(NameColumns);
        var rest = InertText.Line(text);
        var room = width - 6 - 2 - NameColumns - 2 - 10 - 2;
        if (rest.Length > room) rest = rest[..(room - 1)] + "…";
        lock (gate) output.WriteLine(colours ? $"\e[2m{seconds}\e[0m  {name}  \e[{colour}m{word,-10}\e[0m  {rest}" : $"{seconds}  {name}  {word,-10}  {rest}");
    }

    private static string Word(IncidentEventKind kind) => kind switch
    {
        IncidentEventKind.Noticed => "noticed",
        IncidentEventKind.Diagnosed => "diagnosed",
        IncidentEventKind.Judged => "judged",
        IncidentEventKind.Asked => "asked",
        IncidentEventKind.Decided => "decided",
        IncidentEventKind.Acted => "acted",
        IncidentEventKind.Checked => "checked",
        IncidentEventKind.Undone => "undone",
        IncidentEventKind.Escalated => "escalated",
        IncidentEventKind.Resolved => "resolved",
        IncidentEventKind.Closed => "closed",
        _ => "safety",
    };

    private static string Colour(IncidentEventKind kind) => kind switch
    {
        IncidentEventKind.Noticed => "33",
        IncidentEventKind.Asked or IncidentEventKind.Decided => "36",
        IncidentEventKind.Acted => "34",
        IncidentEventKind.Resolved => "1;32",
        IncidentEventKind.Undone => "1;35",
        IncidentEventKind.Escalated or IncidentEventKind.Safety => "1;31",
        _ => "0",
    };
}
