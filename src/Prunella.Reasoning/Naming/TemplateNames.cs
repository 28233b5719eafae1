using System.Text.Json;
using System.Text.RegularExpressions;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Templates;

namespace Prunella.Reasoning.Naming;

/// <summary>The names of one template: what the line is about, and what each of its values is.</summary>
/// <param name="Id">The template's id.</param>
/// <param name="Text">The template: constant words, and &lt;*&gt; for each value.</param>
/// <param name="Event">What happened, in lower case with underscores.</param>
/// <param name="Fields">A name for each &lt;*&gt;, in order; no name twice.</param>
/// <param name="By"><c>built-in</c>, or the model that named it.</param>
public sealed record TemplateNames(string Id, string Text, string Event, IReadOnlyList<string> Fields, string By) : INamedValues
{
    /// <summary>Whether it can be applied: names of the agreed form, one for each value.</summary>
    internal string Problem
    {
        get
        {
            if (!TemplateId.TryParse(Id, out _)) return "the id is none";
            if (Fields.Count != SlotText.Count(Text)) return $"it has {SlotText.Count(Text)} values and {Fields.Count} names";
            if (Fields.Append(Event).FirstOrDefault(name => !FieldForm.Fits(name)) is { } odd) return $"\"{odd}\" is no name: at most 40 lower-case letters, digits and underscores, a letter first";
            return Fields.Distinct(StringComparer.Ordinal).Count() == Fields.Count ? "" : "a name stands there twice";
        }
    }
}

/// <summary>The form that names of fields have.</summary>
internal static partial class FieldForm
{
    internal static bool Fits(string name) => Form().IsMatch(name);

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

/// <summary>
/// Names that were learned, by template. A file of JSON that people may read and correct; what it holds is applied to lines without
/// a model. Not thread-safe while it is being added to.
/// </summary>
public sealed class LearnedNames : IValueNames
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Dictionary<TemplateId, (TemplateNames Names, ValueCutter Cutter)> names = [];

    /// <summary>Templates that have names.</summary>
    public int Count => names.Count;

    /// <summary>Reads a file; one that does not exist is empty.</summary>
    /// <exception cref="FormatException">It is no file of names; the message says where and why.</exception>
    public static LearnedNames Load(string path)
    {
        var learned = new LearnedNames();
        if (!File.Exists(path)) return learned;
        try
        {
            foreach (var entry in JsonSerializer.Deserialize<List<TemplateNames>>(File.ReadAllText(path), Json) ?? []) learned.Add(entry);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or NullReferenceException)
        {
            throw new FormatException($"{path} is no file of names: {wrong.Message}");
        }
        return learned;
    }

    /// <summary>Adds names, or replaces those of the same template.</summary>
    /// <exception cref="FormatException">They cannot be applied.</exception>
    public void Add(TemplateNames entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Id is null || entry.Text is null || entry.Event is null || entry.Fields is null || entry.Fields.Contains(null!)) throw new FormatException("an entry lacks id, text, event or fields");
        if (entry.Problem.Length > 0 || !TemplateId.TryParse(entry.Id, out var id)) throw new FormatException($"{entry.Id}: {entry.Problem}");
        names[id] = (entry, new ValueCutter(entry.Text));
    }

    /// <summary>The names of a template; null when it has none.</summary>
    public TemplateNames? Of(TemplateId id) => names.TryGetValue(id, out var found) ? found.Names : null;

    /// <inheritdoc/>
    public INamedValues? Cut(TemplateId id, ReadOnlySpan<byte> message, Span<Range> values) =>
        names.TryGetValue(id, out var found) && found.Cutter.TryCut(message, values) ? found.Names : null;

    /// <summary>Writes the file anew; readers see the old one or the new one.</summary>
    public void Save(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var next = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllText(next, JsonSerializer.Serialize(names.OrderBy(entry => entry.Key.Value).Select(entry => entry.Value.Names), Json));
        File.Move(next, path, overwrite: true);
    }
}
