using System.Text.Json;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>A request as a vendor understands it, after its rules were checked.</summary>
internal sealed record ModelRequest(string Model, string System, IReadOnlyList<ModelTurn> Turns, IReadOnlyList<string> Tools, bool ToolsForbidden, ScriptedRequest Raw)
{
    /// <summary>Everything that the vendor could read, unescaped.</summary>
    internal string Everything => System + "\n" + string.Join('\n', Turns.Select(turn => turn.Text));

    /// <summary>What the vendor is asked to keep, from the beginning of the request to each mark. Anthropic only.</summary>
    internal IReadOnlyList<string> CacheMarks { get; init; } = [];

    internal int ToolResults => Turns.Sum(turn => turn.ResultsOf.Count);
}

/// <summary>One message.</summary>
internal sealed record ModelTurn(string Role, string Text, IReadOnlyList<string> Calls, IReadOnlyList<string> ResultsOf);

/// <summary>What a scripted model does.</summary>
internal sealed record ModelReply
{
    internal string Text { get; init; } = "";

    internal (string Name, object Arguments)[] Calls { get; init; } = [];

    /// <summary>Whether it shows a thought before what it says, which has to come back beside its tool calls.</summary>
    internal bool Thinks { get; init; }

    internal int InputTokens { get; init; } = 1_000;

    internal int OutputTokens { get; init; } = 100;

    /// <summary>Of what was sent, found in the vendor's own prompt cache; Anthropic counts it apart from the input, OpenAI within.</summary>
    internal int CacheRead { get; init; }

    /// <summary>Stored there, and charged for; Anthropic only.</summary>
    internal int CacheWritten { get; init; }

    /// <summary>In place of an answer.</summary>
    internal ScriptedReply? Raw { get; init; }

    internal static ModelReply Say(string text) => new() { Text = text };

    internal static ModelReply Say(object json) => new() { Text = JsonSerializer.Serialize(json) };

    internal static ModelReply Call(params (string Name, object Arguments)[] calls) => new() { Calls = calls };

    internal static ModelReply Fail(int status, string? retryAfter = null) => new()
    {
        Raw = new ScriptedReply(status, """{"type":"error","error":{"type":"some_error","message":"it quotes the request and the key"}}""")
        {
            Headers = retryAfter is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["retry-after"] = retryAfter },
        },
    };
}

/// <summary>A vendor's rule was broken.</summary>
internal sealed class VendorRuleException(string rule) : Exception(rule);
