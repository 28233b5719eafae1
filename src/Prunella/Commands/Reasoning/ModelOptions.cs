using System.CommandLine;
using System.Globalization;
using Prunella.Reasoning;
using Prunella.Reasoning.Telling;

namespace Prunella.Commands.Reasoning;

/// <summary>What commands take that ask a configured model: the configuration, and a way to refuse.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> config = LocalReasoner.ConfigOption();
    private readonly Option<bool> without = new("--no-model") { Description = "Ask no model, even if one is configured." };

    internal void AddTo(Command command)
    {
        command.Add(config);
        command.Add(without);
    }

    /// <summary>Whether a model was refused.</summary>
    internal bool Refused(ParseResult parsed) => parsed.GetValue(without);

    /// <summary>The reasoner that the configuration describes; one without a model where that was refused.</summary>
    internal LocalReasoner Open(ParseResult parsed) => new(Refused(parsed) ? new ReasoningOptions() : LocalReasoner.OptionsOf(parsed.GetValue(config)));

    /// <summary>The configured options.</summary>
    internal ReasoningOptions Options(ParseResult parsed) => LocalReasoner.OptionsOf(parsed.GetValue(config));

    /// <summary>Says who told something.</summary>
    internal void SayWho<T>(ParseResult parsed, Told<T> told) where T : class => Who.Say(parsed, "Told", told.By, Refused(parsed) ? "no model was to be asked" : told.Note, told.Dollars);
}

/// <summary>Says who made what a command shows.</summary>
internal static class Who
{
    /// <summary>Says it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="done"><c>Told</c>, <c>Planned</c>.</param>
    /// <param name="by">A model's name.</param>
    /// <param name="note">Why no model did; empty when one did.</param>
    /// <param name="dollars">What asking cost; 0 where that is not known here.</param>
    internal static void Say(ParseResult parsed, string done, string by, string note, double dollars = 0)
    {
        var cost = dollars > 0 ? string.Create(CultureInfo.InvariantCulture, $" Asking cost ${dollars:0.0000}.") : "";
        parsed.Say(note.Length == 0 ? $"{done} by {by}; check it before you rely on it.{cost}" : $"{done} by built-in rules: {note}.{cost}");
    }
}
