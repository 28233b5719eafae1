using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Budget;

/// <summary>One call as the ledger keeps it. Nothing of what was sent or answered, only digests.</summary>
public sealed record CallRecord
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="ReasoningTasks"/>.</summary>
    public required string Task { get; init; }

    /// <summary>What it was about: an incident's id; empty for none.</summary>
    public required string Subject { get; init; }

    /// <summary>The tier.</summary>
    public required ModelTier Tier { get; init; }

    /// <summary>The provider's name in the configuration.</summary>
    public required string Provider { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Name and version of the prompt: <c>diagnose@1</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>Answered, cached, over budget, or why not.</summary>
    public required string Outcome { get; init; }

    /// <summary>Tokens sent.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens answered.</summary>
    public long OutputTokens { get; init; }

    /// <summary>US dollars by the price table.</summary>
    public double Dollars { get; init; }

    /// <summary>US dollars that the answer would have cost and did not, because it was kept.</summary>
    public double Saved { get; init; }

    /// <summary>Different values replaced in the question so far.</summary>
    public int Redactions { get; init; }

    /// <summary>SHA-256 of model, prompt version and content as it left; what the cache knows it by.</summary>
    public string RequestDigest { get; init; } = "";

    /// <summary>SHA-256 of the answer as it came; empty without one.</summary>
    public string AnswerDigest { get; init; } = "";

    /// <summary>Milliseconds from asking to the answer.</summary>
    public double ElapsedMs { get; init; }

    /// <summary>Whether what came back was used; otherwise the built-in answer stood.</summary>
    public bool Used { get; init; }
}
