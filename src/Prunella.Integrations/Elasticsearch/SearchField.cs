namespace Prunella.Integrations.Elasticsearch;

/// <summary>A field of an index.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Type">Its type; the first where indices differ.</param>
/// <param name="Aggregatable">Whether it can be sorted and grouped by, in every index that has it.</param>
/// <param name="Nested">The nested object that it is part of; null for none.</param>
internal sealed record SearchField(string Name, string Type, bool Aggregatable, string? Nested)
{
    internal bool IsText => Type is "text" or "match_only_text" or "annotated_text" or "search_as_you_type";

    internal bool IsKeyword => Type is "keyword" or "constant_keyword" or "wildcard" or "flattened" or "version";

    internal bool IsNumber => Type is "long" or "integer" or "short" or "byte" or "double" or "float" or "half_float" or "scaled_float" or "unsigned_long";

    internal bool IsTime => Type is "date" or "date_nanos";
}
