using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Logs.Classification;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;

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

    private const int TemplateCharactersMax = 400;

    /// <summary>Rates; each batch by a model where one answers, by words and levels otherwise.</summary>
    public async Task<TemplateRatings> RateAsync(IReadOnlyList<RatedTemplate> templates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(templates);
        List<TemplateRating> ratings = [];
        var notes = new HashSet<string>(StringComparer.Ordinal);
        var dollars = 0.0;
        foreach (var batch in templates.Chunk(BatchSize))
        {
            var answer = await reasoner.AskAsync(Question(batch), cancellation).ConfigureAwait(false);
            dollars += answer.Dollars;
            ratings.AddRange(answer.Value ?? [.. batch.Select(template => new TemplateRating(template, template.BuiltIn, ""))]);
            if (answer.Value is null) notes.Add(answer.Why);
        }
        return new TemplateRatings(ratings, string.Join("; ", notes), dollars);
    }

    private static ModelQuestion<IReadOnlyList<TemplateRating>> Question(RatedTemplate[] batch)
    {
        var text = new StringBuilder();
        for (var index = 0; index < batch.Length; index++)
        {
            var shown = batch[index].Text.Length <= TemplateCharactersMax ? batch[index].Text : string.Concat(batch[index].Text.AsSpan(0, TemplateCharactersMax), "…");
            text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {batch[index].Lines} lines, by words and level {batch[index].BuiltIn}: {shown.ReplaceLineEndings(" ")}\n");
        }
        return new ModelQuestion<IReadOnlyList<TemplateRating>> { Task = ReasoningTasks.RateTemplates, Data = [new DataBlock("templates", text.ToString()) { Cuttable = false }], Read = json => Read(json, batch) };
    }

    private static Read<IReadOnlyList<TemplateRating>> Read(JsonElement json, RatedTemplate[] batch)
    {
        var given = new TemplateRating?[batch.Length];
        foreach (var rating in json.GetProperty("ratings").EnumerateArray())
        {
            var number = rating.GetProperty("number").GetInt32();
            if (number < 1 || number > batch.Length || given[number - 1] is not null) return new Read<IReadOnlyList<TemplateRating>>(null, $"ratings: number {number} does not exist or is there twice");
            var lineClass = Enum.Parse<LineClass>(rating.GetProperty("class").GetString()!, ignoreCase: true);
            // What words and level call critical stays visible: a model, or a line that talks to it, hides no error.
            if (batch[number - 1].BuiltIn == LineClass.Critical) lineClass = LineClass.Critical;
            given[number - 1] = new TemplateRating(batch[number - 1], lineClass, rating.GetProperty("why").GetString()!);
        }
        var missing = Array.FindIndex(given, rating => rating is null);
        return missing < 0 ? new Read<IReadOnlyList<TemplateRating>>(given!, "") : new Read<IReadOnlyList<TemplateRating>>(null, $"ratings: number {missing + 1} is missing");
    }
}
