using System.Text.Json;
using Prunella.Logs.Classification;
using Prunella.Reasoning.Asking;

namespace Prunella.Reasoning.Rating;

/// <summary>A template of log lines whose interest is to be rated.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its constant part.</param>
/// <param name="Lines">How often it came.</param>
/// <param name="BuiltIn">The class that words and levels give it.</param>
public sealed record RatedTemplate(string Id, string Text, long Lines, LineClass BuiltIn);

/// <summary>What a template is worth.</summary>
/// <param name="Template">The template.</param>
/// <param name="Class">Its class; the built-in one where no model rated it.</param>
/// <param name="Why">A few words of a model; empty for the built-in class.</param>
public sealed record TemplateRating(RatedTemplate Template, LineClass Class, string Why);

/// <summary>The ratings of some templates.</summary>
/// <param name="Ratings">One for each template, in their order.</param>
/// <param name="Note">Why some have only the built-in class; empty when none has.</param>
/// <param name="Dollars">What it cost.</param>
public sealed record TemplateRatings(IReadOnlyList<TemplateRating> Ratings, string Note, double Dollars);

/// <summary>
/// Rates templates, never lines, and many at a time: once a template has a class the classifier keeps to it at full speed.
/// Only templates are sent, without any value of a line.
/// </summary>
public sealed class TemplateRater(IReasoner reasoner)
{
    /// <summary>Templates in one call.</summary>
    public const int BatchSize = 80;

    private const int LineCharactersMax = 440;

    /// <summary>Rates; each batch by a model where one answers, by words and levels otherwise.</summary>
    public async Task<TemplateRatings> RateAsync(IReadOnlyList<RatedTemplate> templates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var (ratings, note, dollars) = await new Batches<RatedTemplate, TemplateRating>(reasoner, ReasoningTasks.RateTemplates, BatchSize)
        {
            List = "ratings", Show = Show, LineCharactersMax = LineCharactersMax, Read = Read, BuiltIn = template => new TemplateRating(template, template.BuiltIn, ""),
        }.AskAsync(templates, cancellation).ConfigureAwait(false);
        return new TemplateRatings(ratings, note, dollars);
    }

    private static string Show(RatedTemplate template) => FormattableString.Invariant($"{template.Lines} lines, by words and level {template.BuiltIn}: {template.Text}");

    private static Read<TemplateRating> Read(RatedTemplate template, JsonElement rating)
    {
        var lineClass = Enum.Parse<LineClass>(rating.GetProperty("class").GetString()!, ignoreCase: true);
        // What words and level call critical stays visible: a model, or a line that talks to it, hides no error.
        return new TemplateRating(template, template.BuiltIn == LineClass.Critical ? LineClass.Critical : lineClass, rating.GetProperty("why").GetString()!);
    }
}
