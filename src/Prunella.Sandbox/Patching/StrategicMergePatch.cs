using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Patching;

/// <summary>
/// Kubernetes' strategic merge: lists with a merge key merge by it, other lists replace; <c>$patch</c>,
/// <c>$deleteFromPrimitiveList</c>, <c>$retainKeys</c> and <c>$setElementOrder</c> are honoured.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeletePrimitive = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";
    private const string RetainKeys = "$retainKeys";

    /// <exception cref="PatchException">A directive is malformed or a list element lacks its merge key.</exception>
    public static void Apply(JsonObject target, JsonObject patch, ObjectSchema schema)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                target.Clear();
                foreach (var (key, value) in patch)
                {
                    if (key != Directive && value is not null) target[key] = value.DeepClone();
                }

                return;
            case "delete":
                target.Clear();
                return;
            case null or "merge": break;
            case var other: throw new PatchException($"Unknown patch type: {other}");
        }

        if (patch.List(RetainKeys) is not null)
        {
            var kept = patch.Texts(RetainKeys).ToHashSet(StringComparer.Ordinal);
            foreach (var key in target.Select(pair => pair.Key).Where(key => !kept.Contains(key)).ToArray()) target.Remove(key);
        }

        foreach (var (key, value) in patch)
        {
            if (key.StartsWith(DeletePrimitive, StringComparison.Ordinal)) DeleteFromPrimitives(target, key[DeletePrimitive.Length..], value);
            else if (!key.StartsWith('$')) ApplyField(target, key, value, schema);
        }

        foreach (var (key, value) in patch)
        {
            if (key.StartsWith(ElementOrder, StringComparison.Ordinal)) Reorder(target, key[ElementOrder.Length..], value, schema);
        }
    }

    private static void ApplyField(JsonObject target, string key, JsonNode? value, ObjectSchema schema)
    {
        if (value is null)
        {
            target.Remove(key);
            return;
        }

        var field = schema.Fields.GetValueOrDefault(key);
        var inner = field?.Schema ?? (schema.Kind == SchemaKind.Map ? schema.Item : null);
        switch (value)
        {
            case JsonObject change:
                var existing = target[key] as JsonObject;
                if (existing is null) target[key] = existing = [];
                Apply(existing, change, inner ?? Unknown);
                if (change.Text(Directive) == "delete") target.Remove(key);
                break;
            case JsonArray changes when field?.Strategy == MergeStrategy.Merge:
                var list = target[key] as JsonArray;
                if (list is null) target[key] = list = [];
                MergeList(list, changes, field, inner!.Item!);
                break;
            default:
                target[key] = value.DeepClone();
                break;
        }
    }

    private static readonly ObjectSchema Unknown = new(SchemaKind.Any, "object");

    private static void MergeList(JsonArray target, JsonArray changes, SchemaField field, ObjectSchema item)
    {
        if (changes.Any(change => change.Text(Directive) == "replace"))
        {
            target.Clear();
            foreach (var change in changes)
            {
                if (change.Text(Directive) is null) target.Add(change.Copy());
            }

            return;
        }

        if (field.MergeKey is null)
        {
            foreach (var change in changes)
            {
                if (!target.Any(existing => existing.Same(change))) target.Add(change.Copy());
            }

            return;
        }

        foreach (var change in changes)
        {
            if (change is not JsonObject map || map[field.MergeKey] is not { } key)
                throw new PatchException($"map: {change?.ToJsonString() ?? "null"} does not contain declared merge key: {field.MergeKey}");
            var index = Find(target, field.MergeKey, key);
            if (map.Text(Directive) == "delete")
            {
                for (; index >= 0; index = Find(target, field.MergeKey, key)) target.RemoveAt(index);
            }
            else if (index < 0)
            {
                var added = new JsonObject();
                Apply(added, map, item);
                target.Add(added);
            }
            else Apply((JsonObject)target[index]!, map, item);
        }
    }

    private static int Find(JsonArray list, string mergeKey, JsonNode key)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is JsonObject item && item[mergeKey].Same(key)) return index;
        }

        return -1;
    }

    private static void DeleteFromPrimitives(JsonObject target, string key, JsonNode? values)
    {
        if (target[key] is not JsonArray list || values is not JsonArray removed) return;
        for (var index = list.Count - 1; index >= 0; index--)
        {
            if (removed.Any(value => value.Same(list[index]))) list.RemoveAt(index);
        }
    }

    // Elements named in the order come in that order; the others keep their place after their old predecessor,
    // which for the lists people patch means: at the end.
    private static void Reorder(JsonObject target, string key, JsonNode? order, ObjectSchema schema)
    {
        if (target[key] is not JsonArray list || order is not JsonArray wanted) return;
        var mergeKey = schema.Fields.GetValueOrDefault(key)?.MergeKey;
        var rest = list.Select(item => item.Copy()).ToList();
        list.Clear();
        foreach (var next in wanted)
        {
            var index = rest.FindIndex(item => mergeKey is null ? item.Same(next) : item.At(mergeKey).Same(next.At(mergeKey)));
            if (index < 0) continue;
            list.Add(rest[index]);
            rest.RemoveAt(index);
        }

        foreach (var item in rest) list.Add(item);
    }
}
