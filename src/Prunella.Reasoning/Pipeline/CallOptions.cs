using Microsoft.Extensions.AI;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Pipeline;

/// <summary>The options of one call with the question that it belongs to. A call without them goes nowhere.</summary>
internal sealed class CallOptions : ChatOptions
{
    internal CallOptions(QuestionState question, ModelChoice choice) => (Question, Choice) = (question, choice);

    private CallOptions(CallOptions other) : base(other) => (Question, Choice, Digest) = (other.Question, other.Choice, other.Digest);

    internal QuestionState Question { get; }

    internal ModelChoice Choice { get; }

    /// <summary>SHA-256 of the request as it leaves; empty when it cannot be kept.</summary>
    internal string Digest { get; set; } = "";

    public override ChatOptions Clone() => new CallOptions(this);

    /// <exception cref="ArgumentException">The options are not of a question.</exception>
    internal static CallOptions From(ChatOptions? options) => options as CallOptions ?? throw new ArgumentException("A model is called with the options of a question only.", nameof(options));
}
