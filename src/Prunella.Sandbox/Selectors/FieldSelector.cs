using Prunella.Sandbox.Api;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Selectors;

/// <summary>A parsed field selector over the fields a type allows.</summary>
internal sealed class FieldSelector
{
    private const int NameIndex = -1;
    private const int NamespaceIndex = -2;

    private readonly record struct Term(int FieldIndex, bool Equal, string Value);

    public static readonly FieldSelector Everything = new([]);

    private readonly Term[] terms;

    private FieldSelector(Term[] terms) => this.terms = terms;

    public bool IsEmpty => terms.Length == 0;

    /// <summary>The name every match must have, when the selector fixes one.</summary>
    public string? Name => terms.FirstOrDefault(term => term is { FieldIndex: NameIndex, Equal: true }).Value;

    public bool Matches(string ns, string name, string[] fields)
    {
        foreach (var term in terms)
        {
            var value = term.FieldIndex switch { NameIndex => name, NamespaceIndex => ns, var index => fields[index] };
            if (value == term.Value != term.Equal) return false;
        }

        return true;
    }

    /// <exception cref="ApiStatusException">400 when it cannot be parsed or names a field the type does not allow.</exception>
    public static FieldSelector Parse(string? text, ResourceType type)
    {
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        var terms = new List<Term>();
        foreach (var part in text.Split(','))
        {
            if (part.Length == 0) continue;
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new ApiStatusException(ApiStatus.BadRequest($"invalid selector: '{text}'; can't understand '{part}'"));
            var equal = part[at - 1] != '!';
            var path = part[..(equal ? at : at - 1)].Trim();
            var value = part[(at + 1)..].TrimStart('=').Trim();
            var index = path switch
            {
                "metadata.name" => NameIndex,
                "metadata.namespace" => NamespaceIndex,
                _ => Array.IndexOf(type.SelectableFields, path),
            };
            if (index == -1 && path != "metadata.name") throw new ApiStatusException(ApiStatus.BadRequest("field label not supported: " + path));
            // spec.unschedulable is absent when false, and clients ask for "false".
            if (path == "spec.unschedulable" && value == "false") value = "";
            terms.Add(new Term(index, equal, value));
        }

        return new FieldSelector([.. terms]);
    }
}
