using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace Prunella.Reasoning.Budget;

/// <summary>
/// Counts tokens before a call. With OpenAI's tokenizer; others do not publish theirs and cut text into up to half as many
/// tokens again, so six tenths are added: an estimate above the bill is settled, one below breaks the budget.
/// </summary>
internal static class TokenCount
{
    private const double Margin = 1.6;
    private const int PerMessage = 8;
    private static readonly Lazy<TiktokenTokenizer> Tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>Tokens of a text, without margin.</summary>
    internal static int Of(string text) => Tokenizer.Value.CountTokens(text);

    /// <summary>The most characters from the beginning that have at most so many tokens.</summary>
    internal static int Fitting(string text, int tokensMax) => Tokenizer.Value.GetIndexByTokenCount(text, tokensMax, out _, out _);

    /// <summary>Tokens of a request, with margin.</summary>
    internal static int Of(IEnumerable<ChatMessage> messages, IEnumerable<AITool> tools)
    {
        var count = 0;
        foreach (var message in messages)
        {
            count += PerMessage;
            foreach (var content in message.Contents)
            {
                count += content switch
                {
                    TextContent text => Of(text.Text),
                    FunctionCallContent call => Of(call.Name) + (call.Arguments?.Sum(argument => Of(argument.Key) + Of(argument.Value?.ToString() ?? "")) ?? 0) + PerMessage,
                    FunctionResultContent result => Of(result.Result?.ToString() ?? "") + PerMessage,
                    _ => 0,
                };
            }
        }
        foreach (var tool in tools.OfType<AIFunctionDeclaration>()) count += Of(tool.Name) + Of(tool.Description) + Of(tool.JsonSchema.GetRawText()) + PerMessage;
        return (int)Math.Ceiling(count * Margin);
    }
}
