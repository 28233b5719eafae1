using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api;

/// <summary>A resource URL taken apart.</summary>
internal readonly record struct ApiPath(string Group, string Version, string Namespace, string Plural, string? Name, string? Subresource, string Rest)
{
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    public ResourceType? Type => ResourceCatalogue.Find(Group, Version, Plural);

    /// <summary>Parses <c>/api/v1/…</c> and <c>/apis/group/version/…</c> below the version; false for anything shorter.</summary>
    public static bool TryParse(string path, out ApiPath parsed)
    {
        parsed = default;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < parts.Length; index++) parts[index] = Uri.UnescapeDataString(parts[index]);
        var at = parts switch { ["api", _, _, ..] => 2, ["apis", _, _, _, ..] => 3, _ => 0 };
        if (at == 0) return false;
        var group = at == 2 ? "" : parts[1];
        var version = parts[at - 1];
        var ns = "";
        // /namespaces/x and /namespaces/x/status are the namespace itself; anything longer is inside it.
        if (parts[at] == "namespaces" && parts.Length > at + 2 && parts[at + 2] is not ("status" or "finalize"))
        {
            ns = parts[at + 1];
            at += 2;
        }

        parsed = new ApiPath(group, version, ns, parts[at], parts.ElementAtOrDefault(at + 1), parts.ElementAtOrDefault(at + 2), string.Join('/', parts.Skip(at + 3)));
        return true;
    }
}
