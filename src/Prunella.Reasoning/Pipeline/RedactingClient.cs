using System.Text.Json;
using Microsoft.Extensions.AI;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Redaction;

namespace Prunella.Reasoning.Pipeline;

/// <summary>
/// The first link: what leaves here has placeholders in place of everything sensitive, prompt and tool results included. Calls of
/// tools that come back name the things again; in an answer they are named once it was read, because a value put into unread JSON
/// could change its form.
/// </summary>
internal sealed class RedactingClient(IChatClient inner) : WholeAnswerClient(inner)
{
    protected override async Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation)
    {
        var redactor = options.Question.Redactor;
        List<ChatMessage> outgoing = [];
        foreach (var message in messages) outgoing.Add(new ChatMessage(message.Role, [.. message.Contents.Select(content => Redacted(content, redactor))]));
        options.Digest = RequestText.Digest(options.Choice.Model, options.Question.Prompt, options.MaxOutputTokens ?? 0, outgoing, options.Tools ?? [], options.Question.Nonce) ?? "";
        var response = await NextAsync(outgoing, options, cancellation).ConfigureAwait(false);
        return new ChatResponse([.. response.Messages.Select(message => new ChatMessage(message.Role, [.. message.Contents.Select(content => Restored(content, redactor))]))])
        {
            FinishReason = response.FinishReason, Usage = response.Usage, ModelId = response.ModelId, ResponseId = response.ResponseId, CreatedAt = response.CreatedAt,
        };
    }

    private static AIContent Redacted(AIContent content, CallRedactor redactor) => content switch
    {
        TextContent text => new TextContent(redactor.Redact(text.Text)) { AdditionalProperties = text.AdditionalProperties },
        FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, Map(call.Arguments, redactor.Redact)),
        // What the model thought, signed by its provider, on its way back unchanged: it was never restored.
        TextReasoningContent thought => thought,
        FunctionResultContent result => new FunctionResultContent(result.CallId, redactor.Redact(result.Result as string ?? "")) { AdditionalProperties = result.AdditionalProperties },
        _ => throw new ArgumentException($"A {content.GetType().Name} is no text and never leaves the machine."),
    };

    private static AIContent Restored(AIContent content, CallRedactor redactor) => content switch
    {
        FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, Map(call.Arguments, redactor.Restore)),
        _ => content,
    };

    private static Dictionary<string, object?>? Map(IDictionary<string, object?>? arguments, Func<string, string> map) =>
        arguments?.ToDictionary(argument => argument.Key, argument => Value(argument.Value, map));

    private static object? Value(object? value, Func<string, string> map) => value switch
    {
        null => null,
        string text => map(text),
        _ => JsonStrings.Map(JsonSerializer.SerializeToNode(value), map),
    };
}
