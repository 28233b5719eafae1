using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Resources;

/// <summary>One stored kind: where it is served, how it is named, and which fields of it can be selected on.</summary>
internal sealed class ResourceType(string group, string version, string plural, string kind, Type model)
{
    public string Group { get; } = group;

    /// <summary>The version objects are stored in.</summary>
    public string Version { get; } = version;
    public string Plural { get; } = plural;
    public string Kind { get; } = kind;
    public Type Model { get; } = model;
    public string Singular { get; } = kind.ToLowerInvariant();

    /// <summary>Every group/version it is served under, the stored one first.</summary>
    public IReadOnlyList<ServedVersion> Served { get; init; } = [new ServedVersion(group, version)];
    public bool Namespaced { get; init; } = true;
    public string[] ShortNames { get; init; } = [];
    public bool InAll { get; init; }
    public bool HasStatus { get; init; }
    public bool HasScale { get; init; }

    /// <summary>Whether metadata.generation counts spec changes.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Whether an update must name the resourceVersion it changes.</summary>
    public bool NeedsVersionOnUpdate { get; init; }

    /// <summary>Whether a completed delete answers with the object instead of a Status.</summary>
    public bool ReturnsDeleted { get; init; }

    /// <summary>Paths, besides metadata.name and metadata.namespace, that a field selector may name.</summary>
    public string[] SelectableFields { get; init; } = [];

    public ObjectSchema Schema => SchemaCatalogue.For(Model);

    public string StoredApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary><c>deployments.apps</c>, or <c>pods</c> for the core group.</summary>
    public string Qualified => Group.Length == 0 ? Plural : Plural + "." + Group;

    public string[] ReadFields(JsonObject body)
    {
        if (SelectableFields.Length == 0) return [];
        var values = new string[SelectableFields.Length];
        for (var index = 0; index < values.Length; index++)
        {
            var node = body.At(SelectableFields[index].Split('.'));
            values[index] = node.Text() ?? node?.ToString() ?? "";
        }

        return values;
    }

    public override string ToString() => Qualified;
}

/// <summary>A group and version a type is served under, with its own kind name where that differs.</summary>
internal readonly record struct ServedVersion(string Group, string Version)
{
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;
}
