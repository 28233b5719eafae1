using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>Anthropic's Messages API: what it demands of a request, and how it answers.</summary>
internal static class AnthropicDialect
{
    private const string Signature = "c2lnbmVkIGJ5IHRoZSBwcm92aWRlcg==";
    private static readonly HashSet<string> Fields = ["model", "max_tokens", "messages", "system", "tools", "tool_choice", "metadata", "stop_sequences", "stream", "thinking", "service_tier", "cache_control", "output_config"];

    internal static ModelRequest Read(ScriptedRequest request, string key)
    {
        Must(request.Method == "POST" && request.Path == "/v1/messages", $"{request.Method} {request.Path}");
        Must(request.Headers.GetValueOrDefault("x-api-key") == key, "x-api-key");
        Must(!request.Headers.ContainsKey("authorization"), "no authorization header beside x-api-key");
        Must(request.Headers.GetValueOrDefault("anthropic-version") == "2026-10-21", "anthropic-version");
        Must(request.Headers.GetValueOrDefault("content-type")?.StartsWith("application/json", StringComparison.Ordinal) == true, "content-type");
        using var document = JsonDocument.Parse(request.Body);
        var body = document.RootElement.Clone();
        foreach (var field in body.EnumerateObject()) Must(Fields.Contains(field.Name), $"unknown field {field.Name}");
        Must(body.TryGetProperty("model", out var model) && model.GetString()!.Length > 0, "model");
        Must(body.TryGetProperty("max_tokens", out var most) && most.GetInt32() > 0, "max_tokens");
        Must(body.TryGetProperty("messages", out var messages) && messages.GetArrayLength() > 0, "messages");
        Must(!body.TryGetProperty("stream", out var stream) || !stream.GetBoolean(), "not asked for a stream");
        var tools = ReadTools(body);
        List<ModelTurn> turns = [];
        foreach (var message in messages.EnumerateArray())
        {
            var turn = ReadTurn(message);
            Must(turn.Role is "user" or "assistant", $"role {turn.Role}");
            Must(turns.Count > 0 || turn.Role == "user", "the first message is the user's");
            var open = turns.Count > 0 && turns[^1].Role == "assistant" ? turns[^1].Calls : [];
            if (open.Count > 0) Must(turn.Role == "user" && open.Order().SequenceEqual(turn.ResultsOf.Order()), "each tool_use is followed at once by its tool_result");
            else Must(turn.ResultsOf.Count == 0, "a tool_result without a tool_use before it");
            turns.Add(turn);
        }
        Must(turns[^1].Role == "user", "the last message is the user's");
        Must(turns.All(turn => turn.Calls.Count == 0) || tools.Count > 0, "tool_use without tools");
        var marks = CacheMarks(body);
        var forbidden = body.TryGetProperty("tool_choice", out var choice) && choice.GetProperty("type").GetString() == "none";
        return new ModelRequest(model.GetString()!, body.TryGetProperty("system", out var system) ? TextOf(system) : "", turns, tools, forbidden, request) { CacheMarks = marks };
    }

    // Anthropic keeps a prompt from its beginning to each mark, tools first, then the system's blocks, then the messages; four marks at most.
    private static List<string> CacheMarks(JsonElement body)
    {
        List<string> marks = [];
        var before = new StringBuilder();
        if (body.TryGetProperty("tools", out var tools)) foreach (var tool in tools.EnumerateArray()) Take(tool);
        Must(body.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.Array, "the system's blocks");
        foreach (var block in system.EnumerateArray()) Take(block);
        Must(marks.Count > 0 && marks[^1] == before.ToString(), "what is constant is marked at its end");
        foreach (var message in body.GetProperty("messages").EnumerateArray())
            if (message.GetProperty("content") is { ValueKind: JsonValueKind.Array } content) foreach (var block in content.EnumerateArray()) Take(block);
        Must(marks.Count <= 4, "at most four marks");
        return marks;

        void Take(JsonElement block)
        {
            var unmarked = JsonNode.Parse(block.GetRawText())!.AsObject();
            unmarked.Remove("cache_control");
            before.Append(unmarked.ToJsonString()).Append('\n');
            if (!block.TryGetProperty("cache_control", out var mark)) return;
            Must(mark.GetProperty("type").GetString() == "ephemeral" && block.GetProperty("type").GetString() is "text" or "tool_result", "what a mark stands on");
            marks.Add(before.ToString());
        }
    }

    internal static ScriptedReply Write(ModelReply reply, string model)
    {
        if (reply.Raw is { } raw) return raw;
        var content = new JsonArray();
        if (reply.Thinks) content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = "hm", ["signature"] = Signature });
        if (reply.Text.Length > 0) content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Text });
        foreach (var (name, arguments) in reply.Calls) content.Add(new JsonObject { ["type"] = "tool_use", ["id"] = $"toolu_{Guid.CreateVersion7():N}", ["name"] = name, ["input"] = JsonSerializer.SerializeToNode(arguments) });
        return new ScriptedReply(200, new JsonObject
        {
            ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["model"] = model, ["content"] = content, ["stop_reason"] = reply.Calls.Length > 0 ? "tool_use" : "end_turn", ["stop_sequence"] = null,
            ["usage"] = new JsonObject { ["input_tokens"] = reply.InputTokens, ["output_tokens"] = reply.OutputTokens, ["cache_creation_input_tokens"] = reply.CacheWritten, ["cache_read_input_tokens"] = reply.CacheRead },
        }.ToJsonString());
    }

    private static List<string> ReadTools(JsonElement body)
    {
        List<string> names = [];
        if (!body.TryGetProperty("tools", out var tools)) return names;
        foreach (var tool in tools.EnumerateArray())
        {
            var name = tool.GetProperty("name").GetString()!;
            Must(name.Length is > 0 and <= 128 && name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-') && !names.Contains(name), $"tool name {name}");
            Must(tool.TryGetProperty("input_schema", out var schema) && schema.GetProperty("type").GetString() == "object", $"input_schema of {name}");
            names.Add(name);
        }
        return names;
    }

    private static ModelTurn ReadTurn(JsonElement message)
    {
        var role = message.GetProperty("role").GetString()!;
        var content = message.GetProperty("content");
        if (content.ValueKind == JsonValueKind.String) return new ModelTurn(role, NotEmpty(content.GetString()!), [], []);
        List<string> calls = [], results = [], texts = [];
        Must(content.GetArrayLength() > 0, "empty content");
        foreach (var block in content.EnumerateArray())
        {
            switch (block.GetProperty("type").GetString())
            {
                case "text":
                    texts.Add(NotEmpty(block.GetProperty("text").GetString()!));
                    break;
                case "thinking":
                    Must(role == "assistant" && texts.Count == 0 && block.GetProperty("thinking").GetString() == "hm" && block.GetProperty("signature").GetString() == Signature, "a thought comes back as it was, and first");
                    texts.Add("thought");
                    break;
                case "tool_use":
                    Must(role == "assistant" && block.GetProperty("input").ValueKind == JsonValueKind.Object && block.GetProperty("name").GetString()!.Length > 0, "tool_use");
                    calls.Add(block.GetProperty("id").GetString()!);
                    texts.Add(block.GetProperty("input").GetRawText());
                    break;
                case "tool_result":
                    Must(role == "user", "tool_result of the user");
                    Must(texts.Count == results.Count, "tool results come first");
                    results.Add(block.GetProperty("tool_use_id").GetString()!);
                    texts.Add(TextOf(block.GetProperty("content")));
                    break;
                case var other: throw new VendorRuleException($"content block {other}");
            }
        }
        return new ModelTurn(role, string.Join('\n', texts), calls, results);
    }

    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Join('\n', content.EnumerateArray().Select(block => block.GetProperty("text").GetString()));

    private static string NotEmpty(string text)
    {
        Must(text.Trim().Length > 0, "text blocks must hold more than white space");
        return text;
    }

    internal static void Must(bool holds, string rule)
    {
        if (!holds) throw new VendorRuleException(rule);
    }
}
