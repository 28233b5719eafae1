using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Prunella.Reasoning.Cache;

/// <summary>
/// A request and an answer in a form that does not depend on the question's nonce, so that two questions that say the same are
/// the same. Written after redaction: two different addresses are one.
/// </summary>
internal static class RequestText
{
    /// <summary>What stands for the nonce in what is kept.</summary>
    internal const string NonceSign = "§nonce§";

    /// <summary>SHA-256 of model, prompt version and everything that is sent; null when a text holds the sign itself and cannot be kept.</summary>
    internal static string? Digest(string model, string prompt, int answerMax, IEnumerable<ChatMessage> messages, IEnumerable<AITool> tools, string nonce)
    {
        var text = new StringBuilder().Append(model).Append('\n').Append(prompt).Append('\n').Append(answerMax).Append('\n');
        foreach (var message in messages)
        {
            text.Append('\u001e').Append(message.Role.Value);
            foreach (var content in message.Contents) Append(text, content);
        }
        foreach (var tool in tools.OfType<AIFunctionDeclaration>()) text.Append('\u001d').Append(tool.Name).Append(tool.JsonSchema.GetRawText());
        var whole = text.ToString();
        return whole.Contains(NonceSign, StringComparison.Ordinal) ? null : Hash(whole.Replace(nonce, NonceSign, StringComparison.Ordinal));
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>An answer as it is kept, or null when it holds what is not text and calls.</summary>
    internal static string? Write(ChatResponse response, double dollars, string nonce)
    {
        var parts = new JsonArray();
        foreach (var content in response.Messages.SelectMany(message => message.Contents))
        {
            switch (content)
            {
                case TextContent text: parts.Add(new JsonObject { ["text"] = text.Text }); break;
                case FunctionCallContent call: parts.Add(new JsonObject { ["id"] = call.CallId, ["name"] = call.Name, ["arguments"] = JsonSerializer.SerializeToNode(call.Arguments) }); break;
                // Beside a tool call the thought has to go back as it came; such a turn is not kept.
                case TextReasoningContent when response.FinishReason != ChatFinishReason.ToolCalls: break;
                default: return null;
            }
        }
        var kept = new JsonObject { ["parts"] = parts, ["dollars"] = dollars, ["finish"] = response.FinishReason?.Value }.ToJsonString();
        return kept.Contains(NonceSign, StringComparison.Ordinal) ? null : kept.Replace(nonce, NonceSign, StringComparison.Ordinal);
    }

    /// <summary>A kept answer, and what it had cost; null when it cannot be read.</summary>
    internal static (ChatResponse Response, double Dollars)? Read(string kept, string nonce)
    {
        try
        {
            var root = JsonNode.Parse(kept.Replace(NonceSign, nonce, StringComparison.Ordinal))!.AsObject();
            List<AIContent> contents = [];
            foreach (var part in root["parts"]!.AsArray())
            {
                if (part!["text"] is { } text) contents.Add(new TextContent((string)text!));
                else contents.Add(new FunctionCallContent((string)part["id"]!, (string)part["name"]!, part["arguments"]?.Deserialize<Dictionary<string, object?>>()));
            }
            var finish = (string?)root["finish"];
            return (new ChatResponse(new ChatMessage(ChatRole.Assistant, contents)) { FinishReason = finish is null ? null : new ChatFinishReason(finish) }, (double)root["dollars"]!);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            return null;
        }
    }

    private static void Append(StringBuilder text, AIContent content)
    {
        switch (content)
        {
            case TextContent part: text.Append('\u001f').Append(part.Text); break;
            case FunctionCallContent call: text.Append('\u001f').Append(call.CallId).Append(call.Name).Append(JsonSerializer.Serialize(call.Arguments)); break;
            case TextReasoningContent thought: text.Append('\u001f').Append(thought.Text).Append(thought.ProtectedData); break;
            case FunctionResultContent result: text.Append('\u001f').Append(result.CallId).Append(result.Result); break;
        }
    }
}
