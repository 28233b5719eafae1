using System.Text.Json;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Asking;
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

    private const int LineCharactersMax = 1_200;

    /// <summary>Names; each batch by a model where one answers, by neighbouring words and kinds otherwise.</summary>
    public async Task<NamedTemplates> NameAsync(IReadOnlyList<UnnamedTemplate> templates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var (names, note, dollars) = await new Batches<UnnamedTemplate, TemplateNames>(reasoner, ReasoningTasks.NameFields, BatchSize)
        {
            List = "templates", Show = Show, LineCharactersMax = LineCharactersMax, Read = Read, BuiltIn = BuiltInNames.Of, Sign = (named, model) => named with { By = model },
        }.AskAsync(templates, cancellation).ConfigureAwait(false);
        return new NamedTemplates(names, note, dollars);
    }

    private static string Show(UnnamedTemplate template)
    {
        var builtIn = BuiltInNames.Of(template);
        return $"{template.Kinds.Count} values ({string.Join(", ", template.Kinds.Select(kind => kind.ToString().ToLowerInvariant()))}); by rules {builtIn.Event}({string.Join(", ", builtIn.Fields)}): {template.Text}";
    }

    private static Read<TemplateNames> Read(UnnamedTemplate template, JsonElement entry)
    {
        var names = new TemplateNames(template.Id, template.Text, entry.GetProperty("event").GetString()!, [.. entry.GetProperty("fields").EnumerateArray().Select(field => field.GetString()!)], Told<TemplateNames>.BuiltIn);
        return names.Problem.Length > 0 ? new Read<TemplateNames>(null, names.Problem) : names;
    }
}
