using System.Text.Json;
using Microsoft.Extensions.AI;
using NJsonSchema;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Redaction;

namespace Prunella.Reasoning.Tools;

/// <summary>The tools of one question with their bounds: so many calls, none twice, so much text and time for each. Not thread-safe.</summary>
internal sealed class ToolBench(IReadOnlyList<ReadOnlyTool> tools, int stepsMax, CallRedactor redactor, string nonce, TimeProvider time)
{
    internal const int ResultCharactersMax = 8_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>Calls answered so far, refused ones included.</summary>
    internal int Steps { get; private set; }

    internal bool Spent => Steps >= stepsMax;

    /// <summary>What the model is told that there is.</summary>
    internal IList<AITool> Declarations { get; } = stepsMax == 0 ? [] :
        [.. tools.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, JsonDocument.Parse(tool.Schema).RootElement))];

    /// <summary>Answers one call, always with a text.</summary>
    internal async Task<FunctionResultContent> AnswerAsync(FunctionCallContent call, CancellationToken cancellation)
    {
        var text = Spent ? "refused: no calls are left; answer with what you have" : await LookUpAsync(call, cancellation).ConfigureAwait(false);
        Steps++;
        text = CallRedactor.WithoutOpenEnds(text);
        if (text.Length > ResultCharactersMax) text = redactor.Redact(text);
        if (text.Length > ResultCharactersMax) text = $"{redactor.Cut(text, ResultCharactersMax)}\n… cut; ask for less";
        return new FunctionResultContent(call.CallId, DataFence.Around($"result of {call.Name}", text, nonce));
    }

    private async Task<string> LookUpAsync(FunctionCallContent call, CancellationToken cancellation)
    {
        var tool = tools.FirstOrDefault(tool => tool.Name == call.Name);
        if (tool is null) return $"refused: there is no such tool; there are {string.Join(", ", tools.Select(known => known.Name))}";
        var arguments = JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>());
        if (!asked.Add($"{call.Name} {Sorted(arguments)}")) return "refused: this was asked before; the answer stands above";
        var schema = await JsonSchema.FromJsonAsync(tool.Schema, cancellation).ConfigureAwait(false);
        var problems = schema.Validate(arguments.GetRawText());
        if (problems.Count > 0) return $"refused: {string.Join("; ", problems.Take(4).Select(problem => $"{problem.Path}: {problem.Kind}"))}";
        using var deadline = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return await tool.ReadAsync(arguments, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "no answer within 10 s";
        }
    }

    private static string Sorted(JsonElement arguments) =>
        string.Join('\n', arguments.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}={member.Value.GetRawText()}"));
}
