using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Storage;

/// <summary>What of one version of an object watchers and history need: its bytes and what selectors look at.</summary>
internal sealed class ObjectImage(ResourceType type, JsonObject body, long version)
{
    public ResourceType Type { get; } = type;
    public string Namespace { get; } = body.Namespace();
    public string Name { get; } = body.Name();
    public string Uid { get; } = body.Uid();
    public long Version { get; } = version;
    public Dictionary<string, string> Labels { get; } = body.TextMap("metadata", "labels");
    public string[] Fields { get; } = type.ReadFields(body);

    /// <summary>The object as JSON without <c>kind</c> and <c>apiVersion</c>, which depend on who asks.</summary>
    public byte[] Utf8 { get; } = JsonBody.WriteUntyped(body);
}

/// <summary>The present version of an object. The body is never changed once stored: copy before changing.</summary>
internal sealed record StoredObject(ObjectImage Image, JsonObject Body)
{
    public ResourceType Type => Image.Type;
    public string Namespace => Image.Namespace;
    public string Name => Image.Name;
    public string Uid => Image.Uid;
    public long Version => Image.Version;
    public Dictionary<string, string> Labels => Image.Labels;
}

internal enum ChangeKind { Added, Modified, Deleted }

/// <summary>One write, as history and watchers see it.</summary>
internal sealed record StoreChange(ChangeKind Kind, ObjectImage Image, ObjectImage? Previous);
