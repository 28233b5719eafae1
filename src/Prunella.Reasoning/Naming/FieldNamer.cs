using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Naming;

/// <summary>A template whose values have no names yet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Constant words, and &lt;*&gt; for each value.</param>
/// <param name="Kinds">What each value holds, as lines showed it.</param>
/// <param name="Lines">How often it came.</param>
public sealed record UnnamedTemplate(string Id, string Text, IReadOnlyList<SlotKind> Kinds, long Lines);

/// <summary>The names of some templates.</summary>
/// <param name="Names">One for each template, in their order.</param>
/// <param name="Note">Why some have only built-in names; empty when none has.</param>
/// <param name="Dollars">What it cost.</param>
public sealed record NamedTemplates(IReadOnlyList<TemplateNames> Names, string Note, double Dollars);

/// <summary>
/// Names the values of templates, many templates in a call, once for each: afterwards the names are applied without a model. Only
/// templates and the kinds of their values are sent, no value of a line. Thread-safe.
/// </summary>
public sealed class FieldNamer(IReasoner reasoner)
{
    /// <summary>Templates in one call.</summary>
    public const int BatchSize = 50;

    private const int TemplateCharactersMax = 500;

    /// <summary>Names; each batch by a model where one answers, by neighbouring words and kinds otherwise.</summary>
    public async Task<NamedTemplates> NameAsync(IReadOnlyList<UnnamedTemplate> templates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(templates);
        List<TemplateNames> names = [];
        var notes = new HashSet<string>(StringComparer.Ordinal);
        var dollars = 0.0;
        foreach (var batch in templates.Chunk(BatchSize))
        {
            TemplateNames[] builtIn = [.. batch.Select(BuiltInNames.Of)];
            var answer = await reasoner.AskAsync(Question(batch, builtIn), cancellation).ConfigureAwait(false);
            dollars += answer.Dollars;
            names.AddRange(answer.Value is { } named ? named.Select(entry => entry with { By = answer.Model }) : builtIn);
            if (answer.Value is null) notes.Add(answer.Why);
        }
        return new NamedTemplates(names, string.Join("; ", notes), dollars);
    }

    private static ModelQuestion<IReadOnlyList<TemplateNames>> Question(UnnamedTemplate[] batch, TemplateNames[] builtIn)
    {
        var text = new StringBuilder();
        for (var index = 0; index < batch.Length; index++)
        {
            var shown = batch[index].Text.Length <= TemplateCharactersMax ? batch[index].Text : string.Concat(batch[index].Text.AsSpan(0, TemplateCharactersMax), "…");
            text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {batch[index].Kinds.Count} values ({string.Join(", ", batch[index].Kinds.Select(kind => kind.ToString().ToLowerInvariant()))}); by rules {builtIn[index].Event}({string.Join(", ", builtIn[index].Fields)}): {shown.ReplaceLineEndings(" ")}\n");
        }
        return new ModelQuestion<IReadOnlyList<TemplateNames>> { Task = ReasoningTasks.NameFields, Data = [new DataBlock("templates", text.ToString()) { Cuttable = false }], Read = json => Read(json, batch) };
    }

    private static Read<IReadOnlyList<TemplateNames>> Read(JsonElement json, UnnamedTemplate[] batch)
    {
        var given = new TemplateNames?[batch.Length];
        foreach (var entry in json.GetProperty("templates").EnumerateArray())
        {
            var number = entry.GetProperty("number").GetInt32();
            if (number < 1 || number > batch.Length || given[number - 1] is not null) return Wrong($"number {number} does not exist or is there twice");
            var names = new TemplateNames(batch[number - 1].Id, batch[number - 1].Text, entry.GetProperty("event").GetString()!, [.. entry.GetProperty("fields").EnumerateArray().Select(field => field.GetString()!)], Told<TemplateNames>.BuiltIn);
            if (names.Problem.Length > 0) return Wrong($"number {number}: {names.Problem}");
            given[number - 1] = names;
        }
        var missing = Array.FindIndex(given, names => names is null);
        return missing < 0 ? new Read<IReadOnlyList<TemplateNames>>(given!, "") : Wrong($"number {missing + 1} is missing");

        static Read<IReadOnlyList<TemplateNames>> Wrong(string problem) => new(null, $"templates: {problem}");
    }
}
