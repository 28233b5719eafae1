using System.CommandLine;
using System.Globalization;
using Prunella.Commands.Reasoning;
using Prunella.Logs.Classification;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Rating;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs rate</c>: a model's word on templates that words and levels leave open, learned once.</summary>
internal static class RateCommand
{
    // A routine template that is rarer than this may be worth a look; one that is more frequent is what the log is made of.
    private const double RareShare = 0.01;

    internal static Command Create()
    {
        var apply = new Option<bool>("--apply") { Description = "Write the classes down, as 'logs classify' does; later runs keep to them without a model." };
        var limit = new Option<int>("--limit") { Description = "Most templates rated.", DefaultValueFactory = static _ => 400 };
        var config = LocalReasoner.ConfigOption();
        var inputs = new LogOptions();
        var command = new VerbCommand("rate", "Rate the templates that words and levels leave open, eighty in a call, by a configured model; without one their class as it is. Templates are sent, never lines.") { apply, limit, config, Output.FormatOption };
        command.Such("prunella logs rate app.log", "what a model thinks of each open template, and what asking cost").Such("prunella logs rate app.log --apply", "the same, kept for later runs");
        inputs.AddTo(command);
        command.Does(async (parsed, cancellation) =>
        {
            List<RatedTemplate> open = [];
            var read = LogInputs.Guard(parsed, () =>
            {
                using var files = inputs.Open(parsed);
                var survey = new PatternSurvey(inputs.Parser(parsed), inputs.Overrides(parsed));
                survey.Read(files);
                open = [.. survey.Patterns().Where(IsOpen).Take(Math.Max(0, parsed.GetValue(limit))).Select(row => new RatedTemplate(row.Id, row.Template, row.Count, Enum.Parse<LineClass>(row.Class)))];
                return 0;
            });
            if (read != 0) return (ExitCode)read;
            await using var local = new LocalReasoner(LocalReasoner.OptionsOf(parsed.GetValue(config)));
            var rated = await new TemplateRater(local.Reasoner).RateAsync(open, cancellation);
            Output.Print(parsed, rated.Ratings.Select(rating => new RatingRow(rating.Template.Id, rating.Template.Lines, rating.Template.BuiltIn.ToString(), rating.Class.ToString(), rating.Why, rating.Template.Text)).ToList(), Table);
            parsed.Say(string.Create(CultureInfo.InvariantCulture, $"{rated.Ratings.Count(rating => rating.Why.Length > 0)} of {open.Count} open templates rated by a model for ${rated.Dollars:0.0000}{(rated.Note.Length > 0 ? $"; {rated.Note}" : "")}."));
            if (parsed.GetValue(apply)) Apply(parsed, inputs, rated.Ratings);
            return ExitCode.Ok;
        });
        return command;
    }

    private static bool IsOpen(PatternRow row) => row.Class == nameof(LineClass.Interesting) || (row.Class == nameof(LineClass.Routine) && row.Share < RareShare);

    private static void Apply(ParseResult parsed, LogOptions inputs, IReadOnlyList<TemplateRating> ratings)
    {
        var path = inputs.ClassesFile(parsed);
        var overrides = ClassOverrides.Load(path);
        var changed = ratings.Where(rating => rating.Class != rating.Template.BuiltIn).ToList();
        foreach (var rating in changed)
        {
            if (TemplateId.TryParse(rating.Template.Id, out var id)) overrides.Set(id, rating.Class);
        }
        overrides.Save(path);
        parsed.Say($"{changed.Count} classes written to {path}; 'logs classify' changes any of them.");
    }

    private static Spectre.Console.Table Table(List<RatingRow> rows)
    {
        var table = Output.Table("template", "lines", "words and level", "class", "why", "text");
        foreach (var row in rows) table.Row(row.Id, row.Lines.ToString("N0", CultureInfo.InvariantCulture), row.BuiltIn, row.Class, row.Why, row.Text);
        return table;
    }

    private sealed record RatingRow(string Id, long Lines, string BuiltIn, string Class, string Why, string Text);
}
