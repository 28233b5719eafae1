using System.Text;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Redaction;

namespace Prunella.Reasoning.Asking;

/// <summary>
/// Writes what a model is shown: first what is the same for every question, then the data within the tokens allowed, of which what comes
/// later is cut first. What is cut was redacted before, so that no half of a secret is left.
/// </summary>
internal static class QuestionText
{
    private const int LeastTokens = 50;

    /// <summary>The catalogues of a question.</summary>
    internal static string Catalogues(IReadOnlyList<DataBlock> catalogues) => string.Join("\n\n", catalogues.Select(block => DataFence.Catalogue(block.Name, block.Text)));

    /// <summary>The data of a question.</summary>
    /// <param name="data">The data.</param>
    /// <param name="redactor">The question's redactor.</param>
    /// <param name="nonce">The question's nonce.</param>
    /// <param name="tokensMax">Tokens allowed for it.</param>
    internal static string Write(IReadOnlyList<DataBlock> data, CallRedactor redactor, string nonce, int tokensMax)
    {
        var left = tokensMax - data.Where(block => !block.Cuttable).Sum(block => Bytes(block.Text) / 2);
        var text = new StringBuilder();
        foreach (var block in data)
        {
            var shown = CallRedactor.WithoutOpenEnds(block.Text);
            if (block.LineCharactersMax > 0) shown = WithinLines(shown, block.LineCharactersMax, redactor);
            if (block.Cuttable) shown = Within(shown, redactor, ref left);
            text.Append(DataFence.Around(block.Name, shown, nonce)).Append("\n\n");
        }
        return text.Append("Answer now with the JSON object.").ToString();
    }

    private static string Within(string shown, CallRedactor redactor, ref int left)
    {
        // A token has a byte at least: what is short enough in bytes need not be counted.
        var tokens = Tokens(shown, left);
        if (tokens > left)
        {
            shown = redactor.Redact(shown);
            tokens = Tokens(shown, left);
        }
        if (tokens > left) shown = left < LeastTokens ? "(left out: the question is too long)" : $"{redactor.Cut(shown, TokenCount.Fitting(shown, left))}\n… cut: the question is too long";
        left = Math.Max(0, left - tokens);
        return shown;
    }

    private static string WithinLines(string shown, int charactersMax, CallRedactor redactor)
    {
        var lines = shown.Split('\n');
        if (Array.TrueForAll(lines, line => line.Length <= charactersMax)) return shown;
        return string.Join('\n', redactor.Redact(shown).Split('\n').Select(line => line.Length <= charactersMax ? line : redactor.Cut(line, charactersMax) + "…"));
    }

    private static int Tokens(string text, int left) => Bytes(text) is var bytes && bytes <= left ? bytes / 2 : TokenCount.Of(text);

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}
