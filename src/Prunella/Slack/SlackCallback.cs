using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Prunella.Slack;

/// <summary>A press of a button in Slack.</summary>
/// <param name="User">Slack's id of the person.</param>
/// <param name="Action">The button.</param>
/// <param name="Value">What it stands for.</param>
/// <param name="AnswerTo">Where the person alone can be told something; null when not said.</param>
internal sealed record SlackCallback(string User, string Action, string Value, string? AnswerTo)
{
    private const int ValueMax = 2_000;

    /// <summary>Reads the form that Slack posts.</summary>
    /// <returns>Null for interactions that are no press of a button.</returns>
    /// <exception cref="FormatException">It is no interaction; the message names what is missing.</exception>
    internal static SlackCallback? Parse(ReadOnlySpan<byte> body)
    {
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        if (!form.TryGetValue("payload", out var payload) || payload.Count != 1 || payload[0] is not { Length: > 0 } text) throw new FormatException("payload: expected one field of this name");
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
            var root = document.RootElement;
            if (Text(root, "type") is not { } type) throw new FormatException("payload.type: expected a text");
            if (type != "block_actions") return null;
            if (!root.TryGetProperty("user", out var user) || Text(user, "id") is not { } id) throw new FormatException("payload.user.id: expected a text");
            if (!root.TryGetProperty("actions", out var actions) || actions.ValueKind != JsonValueKind.Array || actions.GetArrayLength() == 0) throw new FormatException("payload.actions: expected an array with an action");
            var action = actions[0];
            if (Text(action, "action_id") is not { } name) throw new FormatException("payload.actions[0].action_id: expected a text");
            return new SlackCallback(id, name, Text(action, "value") ?? "", Text(root, "response_url"));
        }
        catch (JsonException broken)
        {
            throw new FormatException($"payload: expected JSON ({broken.Message})");
        }
    }

    private static string? Text(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= ValueMax } text ? text : null;
}
