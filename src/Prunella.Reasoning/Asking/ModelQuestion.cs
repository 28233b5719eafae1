using System.Text.Json;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Tools;

namespace Prunella.Reasoning.Asking;

/// <summary>A question to a model.</summary>
/// <typeparam name="T">What its answer is read into.</typeparam>
public sealed record ModelQuestion<T> where T : class
{
    /// <summary>One of <see cref="ReasoningTasks"/>; its prompt and schema have this name.</summary>
    public required string Task { get; init; }

    /// <summary>What it is about, for the ledger: an incident's id; empty for none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>
    /// What it may choose from: Prunella's own words, the same for every question of its kind. They stand with the instructions, before all
    /// that differs, so that a provider keeps them. Text that was recorded never stands here.
    /// </summary>
    public IReadOnlyList<DataBlock> Catalogues { get; init; } = [];

    /// <summary>What the model is shown, the most important first.</summary>
    public required IReadOnlyList<DataBlock> Data { get; init; }

    /// <summary>What it may look up.</summary>
    public IReadOnlyList<ReadOnlyTool> Tools { get; init; } = [];

    /// <summary>Reads an answer that has the form of the schema, and checks what a schema cannot: names of catalogues, numbers that exist.</summary>
    public required Func<JsonElement, Read<T>> Read { get; init; }
}

/// <summary>An answer that was read, or what is wrong with it.</summary>
/// <param name="Value">What was read; null when something is wrong.</param>
/// <param name="Problem">What is wrong, for the model, which may answer once more; empty when nothing is.</param>
public sealed record Read<T>(T? Value, string Problem) where T : class
{
    /// <summary>All is well.</summary>
    public static implicit operator Read<T>(T value) => new(value, "");
}

/// <summary>What came of a question.</summary>
/// <param name="Value">The answer; null when the built-in one stands.</param>
/// <param name="Why">Why there is none, for people; empty when there is one.</param>
public sealed record ModelAnswer<T>(T? Value, string Why) where T : class
{
    /// <summary>The model that answered; empty when none did.</summary>
    public string Model { get; init; } = "";

    /// <summary>US dollars that the question cost.</summary>
    public double Dollars { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}
