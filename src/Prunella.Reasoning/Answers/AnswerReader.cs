using System.Text.Json;
using NJsonSchema;

namespace Prunella.Reasoning.Answers;

/// <summary>Finds the one JSON object in an answer and holds it against its schema.</summary>
internal static class AnswerReader
{
    private const int DepthMax = 16;
    private const int ProblemsMax = 8;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    /// <summary>Reads an answer.</summary>
    /// <returns>The object, or what is wrong with it.</returns>
    internal static (JsonElement? Json, string Problem) Read(string answer, JsonSchema schema)
    {
        var text = Unwrap(answer);
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            json = document.RootElement.Clone();
        }
        catch (JsonException invalid)
        {
            return (null, $"it is no JSON (line {invalid.LineNumber}, byte {invalid.BytePositionInLine})");
        }
        if (json.ValueKind != JsonValueKind.Object) return (null, $"it is a JSON {json.ValueKind.ToString().ToLowerInvariant()}, not an object");
        var problems = schema.Validate(text);
        return problems.Count == 0 ? (json, "") : (null, string.Join("; ", problems.Take(ProblemsMax).Select(problem => $"{problem.Path}: {problem.Kind}")));
    }

    // A code fence around the object is a habit, not an error. Prose around it is: what stands beside an object may be what decides.
    private static string Unwrap(string answer)
    {
        var text = answer.Trim();
        if (!text.StartsWith("```", StringComparison.Ordinal) || !text.EndsWith("```", StringComparison.Ordinal) || text.IndexOf('\n', StringComparison.Ordinal) is not (> 0 and var line)) return text;
        return text[(line + 1)..^3].Trim();
    }
}
