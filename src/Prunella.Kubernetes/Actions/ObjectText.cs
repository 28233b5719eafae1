using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>An object as YAML for people: without what the server keeps for itself, and with secrets hidden.</summary>
internal static partial class ObjectText
{
    private const string Hidden = "‹redacted›";

    private static readonly string[] ServerFields = ["managedFields", "resourceVersion", "generation", "uid", "selfLink", "creationTimestamp"];

    internal static string Of(JsonObject source)
    {
        var copy = (JsonObject)source.DeepClone();
        copy.Remove("status");
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (var field in ServerFields) metadata.Remove(field);
            (metadata["annotations"] as JsonObject)?.Remove("kubectl.kubernetes.io/last-applied-configuration");
            (metadata["annotations"] as JsonObject)?.Remove(Marks.Execution);
        }
        var isSecret = copy["kind"]?.GetValueKind() == JsonValueKind.String && copy["kind"]!.GetValue<string>() == "Secret";
        Redact(copy, isSecret);
        var text = new StringBuilder();
        Write(copy, 0, text);
        return text.ToString();
    }

    /// <summary>One value with what looks like a secret hidden, by its name or by its form.</summary>
    internal static string Redact(string name, string value) =>
        SecretName().IsMatch(name) ? Hidden : Embedded().Replace(value, match => match.Groups["before"].Value + Hidden + match.Groups["after"].Value);

    private static void Redact(JsonNode? node, bool isSecret)
    {
        switch (node)
        {
            case JsonObject item:
                var environmentName = item["name"] is JsonValue name && item["value"] is JsonValue && name.TryGetValue<string>(out var named) ? named : null;
                foreach (var (key, value) in item.ToList())
                {
                    if (isSecret && key is "data" or "stringData" && value is JsonObject data) foreach (var entry in data.ToList()) data[entry.Key] = Hidden;
                    else if (value is JsonValue leaf && leaf.TryGetValue<string>(out var text)) item[key] = Redact(key == "value" && environmentName is not null ? environmentName : IsReference(key) ? "" : key, text);
                    else Redact(value, isSecret);
                }
                break;
            case JsonArray array:
                for (var index = 0; index < array.Count; index++)
                {
                    if (array[index] is JsonValue leaf && leaf.TryGetValue<string>(out var text)) array[index] = Redact("", text);
                    else Redact(array[index], isSecret);
                }
                break;
        }
    }

    // Names of secrets are no secrets: they say where to look.
    private static bool IsReference(string key) => key is "secretName" or "key" or "name" or "serviceAccountName" or "automountServiceAccountToken" or "mountPath";

    private static void Write(JsonNode? node, int depth, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject item:
                foreach (var (key, value) in item) WriteEntry(Scalar(key) + ":", value, depth, text);
                break;
            case JsonArray array:
                foreach (var element in array)
                {
                    if (element is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
                    {
                        var start = text.Length;
                        Write(element, depth + 1, text);
                        // The first line of the element carries the dash.
                        text[start + depth * 2] = '-';
                    }
                    else WriteEntry("-", element, depth, text);
                }
                break;
        }
    }

    private static void WriteEntry(string head, JsonNode? value, int depth, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(head);
        switch (value)
        {
            case JsonObject { Count: > 0 }: text.Append('\n'); Write(value, depth + 1, text); break;
            case JsonArray { Count: > 0 }: text.Append('\n'); Write(value, depth, text); break;
            case JsonObject: text.Append(" {}\n"); break;
            case JsonArray: text.Append(" []\n"); break;
            case null: text.Append(" null\n"); break;
            case JsonValue leaf when leaf.TryGetValue<string>(out var words): text.Append(' ').Append(Scalar(words)).Append('\n'); break;
            default: text.Append(' ').Append(value.ToJsonString()).Append('\n'); break;
        }
    }

    private static string Scalar(string value)
    {
        var shown = InertText.Of(value, 4_000);
        return PlainScalar().IsMatch(shown) && !Ambiguous().IsMatch(shown) ? shown : JsonSerializer.Serialize(shown, Relaxed);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex(@"passw|secret|token|api[-_]?key|credential|private[-_]?key|_dsn$|connection[-_]?string|^auth$|_auth$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(?<before>(?:passw(?:or)?d|secret|token|api[-_]?key)\s*[=:]\s*)[^\s,;""']+|(?<before>://[^/\s:@]*:)[^@\s/]+(?<after>@)", RegexOptions.IgnoreCase)]
    private static partial Regex Embedded();

    [GeneratedRegex(@"^[A-Za-z0-9_./<‹][^:#\n\t""'\\{}\[\]]*(?::[^\s:#""'\\{}\[\]]+)*$")]
    private static partial Regex PlainScalar();

    [GeneratedRegex(@"^(?:[0-9.+\-][0-9_.eE+\-]*|true|false|yes|no|on|off|null|~|0x[0-9a-fA-F]+)$|\s$", RegexOptions.IgnoreCase)]
    private static partial Regex Ambiguous();
}
