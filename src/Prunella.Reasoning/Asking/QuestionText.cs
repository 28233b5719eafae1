using System.Text;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Asking;

/// <summary>Writes what a model is shown, within the tokens allowed: what comes later is cut first.</summary>
internal static class QuestionText
{
    private const int LeastTokens = 50;

    internal static string Write(IReadOnlyList<DataBlock> data, string nonce, int tokensMax)
    {
        var left = tokensMax - data.Where(block => !block.Cuttable).Sum(block => Encoding.UTF8.GetByteCount(block.Text) / 2);
        var text = new StringBuilder();
        foreach (var block in data)
        {
            var shown = block.Text;
            if (block.Cuttable)
            {
                // A token has a byte at least: what is short enough in bytes need not be counted.
                var bytes = Encoding.UTF8.GetByteCount(shown);
                var tokens = bytes <= left ? bytes / 2 : TokenCount.Of(shown);
                if (tokens > left) shown = left < LeastTokens ? "(left out: the question is too long)" : $"{shown.AsSpan(0, TokenCount.Fitting(shown, left))}\n… cut: the question is too long";
                left = Math.Max(0, left - tokens);
            }
            text.Append(DataFence.Around(block.Name, shown, nonce)).Append("\n\n");
        }
        return text.Append("Answer now with the JSON object.").ToString();
    }
}
