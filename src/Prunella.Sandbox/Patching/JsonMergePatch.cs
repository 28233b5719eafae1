using System.Text.Json.Nodes;

namespace Prunella.Sandbox.Patching;

/// <summary>RFC 7396: objects merge, null removes, everything else replaces.</summary>
internal static class JsonMergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null) target.Remove(key);
            else if (value is JsonObject change)
            {
                if (target[key] is not JsonObject inner) target[key] = inner = [];
                Apply(inner, change);
            }
            else target[key] = value.DeepClone();
        }
    }
}
