using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Redaction;

namespace Prunella.Reasoning.Pipeline;

/// <summary>What one question carries through all its calls. Not thread-safe: its calls follow one another.</summary>
internal sealed class QuestionState
{
    internal required string Task { get; init; }

    internal required string Subject { get; init; }

    internal required ModelTier Tier { get; init; }

    /// <summary>Name and version of the prompt.</summary>
    internal required string Prompt { get; init; }

    /// <summary>128 random bits in hexadecimal: fences and placeholders bear it.</summary>
    internal required string Nonce { get; init; }

    internal required CallRedactor Redactor { get; init; }

    /// <summary>Calls so far, in order.</summary>
    internal List<CallRecord> Records { get; } = [];

    /// <summary>What they set aside.</summary>
    internal List<Reservation> Reservations { get; } = [];

    internal CallRecord Record(DateTimeOffset at, ModelChoice choice, string outcome) => new()
    {
        At = at, Task = Task, Subject = Subject, Tier = Tier, Provider = choice.ProviderName, Model = choice.Model, Prompt = Prompt, Outcome = outcome, Redactions = Redactor.Count,
    };
}
