namespace Prunella.Sandbox.Schema;

internal enum SchemaKind { Object, Map, List, Text, Integer, Number, Flag, Quantity, IntOrText, Time, MicroTime, Bytes, Any }

/// <summary>How one field of an object merges under a strategic-merge patch.</summary>
internal enum MergeStrategy { Replace, Merge, RetainKeys }

internal sealed record SchemaField(string Name, ObjectSchema Schema, MergeStrategy Strategy, string? MergeKey);

/// <summary>The shape of an API type: its fields, the type of each, and the merge keys of its lists.</summary>
internal sealed class ObjectSchema(SchemaKind kind, string typeName)
{
    public SchemaKind Kind { get; } = kind;

    /// <summary>The Go-like name that error messages carry, such as <c>PodSpec</c>.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>The element of a map or list.</summary>
    public ObjectSchema? Item { get; init; }

    public bool Wide { get; init; }

    /// <summary>Filled once, right after construction: types refer to themselves.</summary>
    public Dictionary<string, SchemaField> Fields { get; } = new(StringComparer.Ordinal);
}
