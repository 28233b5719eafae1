using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Tests.Http;
using static Prunella.Reasoning.Tests.Scripted.AnthropicDialect;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>OpenAI's chat completions: what it demands of a request, and how it answers.</summary>
internal static class OpenAiDialect
{
    private static readonly HashSet<string> Fields = ["model", "messages", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "parallel_tool_calls", "temperature", "top_p", "stop", "stream", "n", "response_format", "seed", "user", "store", "metadata", "service_tier", "reasoning_effort"];

    internal static ModelRequest Read(ScriptedRequest request, string key, bool azure = false)
    {
        Must(request.Method == "POST" && request.Path == "/v1/chat/completions", $"{request.Method} {request.Path}");
        if (azure) Must(request.Headers.GetValueOrDefault("api-key") == key && !request.Headers.ContainsKey("authorization"), "api-key");
        else if (key.Length == 0) Must(!request.Headers.ContainsKey("authorization"), "no key was configured");
        else Must(request.Headers.GetValueOrDefault("authorization") == $"Bearer {key}", "authorization");
        Must(request.Headers.GetValueOrDefault("content-type")?.StartsWith("application/json", StringComparison.Ordinal) == true, "content-type");
        using var document = JsonDocument.Parse(request.Body);
        var body = document.RootElement.Clone();
        foreach (var field in body.EnumerateObject()) Must(Fields.Contains(field.Name), $"unknown field {field.Name}");
        Must(body.TryGetProperty("model", out var model) && model.GetString()!.Length > 0, "model");
        Must(body.TryGetProperty("messages", out var messages) && messages.GetArrayLength() > 0, "messages");
        Must((body.TryGetProperty("max_completion_tokens", out var most) || body.TryGetProperty("max_tokens", out most)) && most.GetInt32() > 0, "max_completion_tokens or max_tokens");
        Must(!body.TryGetProperty("stream", out var stream) || !stream.GetBoolean(), "not asked for a stream");
        var tools = ReadTools(body);
        List<ModelTurn> turns = [];
        List<string> open = [];
        var system = "";
        foreach (var message in messages.EnumerateArray())
        {
            var role = message.GetProperty("role").GetString()!;
            Must(role is "system" or "developer" or "user" or "assistant" or "tool", $"role {role}");
            if (role is "system" or "developer") { system += TextOf(message); continue; }
            if (role == "tool")
            {
                Must(open.Remove(message.GetProperty("tool_call_id").GetString()!), "a tool message answers a call before it");
                turns.Add(new ModelTurn(role, TextOf(message), [], [message.GetProperty("tool_call_id").GetString()!]));
                continue;
            }
            Must(open.Count == 0, "each tool call is answered before anything else");
            if (role == "assistant" && message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                foreach (var call in calls.EnumerateArray())
                {
                    Must(call.GetProperty("type").GetString() == "function", "type of a tool call");
                    using var arguments = JsonDocument.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!);
                    open.Add(call.GetProperty("id").GetString()!);
                }
            }
            turns.Add(new ModelTurn(role, TextOf(message) + (role == "assistant" && message.TryGetProperty("tool_calls", out var raw) ? raw.GetRawText() : ""), [.. open], []));
        }
        Must(open.Count == 0, "unanswered tool calls");
        Must(turns[^1].Role is "user" or "tool", "the last message is the user's or a tool's");
        var forbidden = body.TryGetProperty("tool_choice", out var choice) && choice.ValueKind == JsonValueKind.String && choice.GetString() == "none";
        return new ModelRequest(model.GetString()!, system, turns, tools, forbidden, request);
    }

    internal static ScriptedReply Write(ModelReply reply, string model)
    {
        if (reply.Raw is { } raw) return raw;
        var calls = new JsonArray();
        foreach (var (name, arguments) in reply.Calls)
            calls.Add(new JsonObject { ["id"] = $"call_{Guid.CreateVersion7():N}", ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["arguments"] = JsonSerializer.Serialize(arguments) } });
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Text.Length > 0 ? reply.Text : null, ["refusal"] = null };
        if (calls.Count > 0) message["tool_calls"] = calls;
        return new ScriptedReply(200, new JsonObject
        {
            ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["created"] = 1_700_000_000, ["model"] = model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = reply.Calls.Length > 0 ? "tool_calls" : "stop", ["logprobs"] = null }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = reply.InputTokens, ["completion_tokens"] = reply.OutputTokens, ["total_tokens"] = reply.InputTokens + reply.OutputTokens, ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = reply.CacheRead } },
        }.ToJsonString());
    }

    private static List<string> ReadTools(JsonElement body)
    {
        List<string> names = [];
        if (!body.TryGetProperty("tools", out var tools)) return names;
        foreach (var tool in tools.EnumerateArray())
        {
            Must(tool.GetProperty("type").GetString() == "function", "type of a tool");
            var function = tool.GetProperty("function");
            var name = function.GetProperty("name").GetString()!;
            Must(name.Length is > 0 and <= 64 && name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-') && !names.Contains(name), $"tool name {name}");
            Must(function.GetProperty("parameters").GetProperty("type").GetString() == "object", $"parameters of {name}");
            names.Add(name);
        }
        return names;
    }

    private static string TextOf(JsonElement message) => !message.TryGetProperty("content", out var content) ? "" : content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(part => part.GetProperty("text").GetString())),
        _ => "",
    };
}
