using Prunella.Reasoning.Asking;

namespace Prunella.Reasoning.Telling;

/// <summary>Something told to people, and by whom.</summary>
/// <param name="Value">What is told.</param>
/// <param name="By"><c>built-in</c>, or the model's name.</param>
/// <param name="Note">Why no model told it; empty when one did.</param>
public sealed record Told<T>(T Value, string By, string Note) where T : class
{
    /// <summary>Who tells when no model does.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>US dollars that asking cost, also where the answer was of no use.</summary>
    public double Dollars { get; init; }

    /// <summary>The model's words where there are any; otherwise the built-in ones, with the reason.</summary>
    internal static Told<T> Of(ModelAnswer<T> answer, T builtIn) => (answer.Value is { } value ? new Told<T>(value, answer.Model, "") : new Told<T>(builtIn, BuiltIn, answer.Why)) with { Dollars = answer.Dollars };
}
