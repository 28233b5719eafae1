using System.Text.Json;
using Prunella.Remediation.Approvals;

namespace Prunella.Mcp;

/// <summary>One call of a tool: who calls it, and arguments that fit its schema.</summary>
internal sealed record ToolCall(Person Person, IReadOnlyDictionary<string, JsonElement> Arguments)
{
    internal string Text(string name) => Arguments.TryGetValue(name, out var value) ? value.GetString()! : "";

    internal int Number(string name, int otherwise) => Arguments.TryGetValue(name, out var value) ? value.GetInt32() : otherwise;

    internal bool? Flag(string name) => Arguments.TryGetValue(name, out var value) ? value.GetBoolean() : null;

    internal IReadOnlyDictionary<string, string> Texts(string name) => Arguments.TryGetValue(name, out var value)
        ? value.EnumerateObject().GroupBy(one => one.Name, StringComparer.Ordinal).ToDictionary(one => one.Key, one => one.Last().Value.GetString()!, StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What came of a call.</summary>
/// <param name="Data">What was found; null when it was refused.</param>
/// <param name="Refusal">Why not, in words; empty when it was not refused.</param>
internal sealed record ToolOutcome(object? Data, string Refusal)
{
    internal static ToolOutcome Found(object data) => new(data, "");

    internal static ToolOutcome Refused(string why) => new(null, why);
}

/// <summary>Something that a tool outside may do through the door. All but one read; that one proposes.</summary>
internal abstract class DoorTool
{
    /// <summary>Lower case and underscores.</summary>
    internal abstract string Name { get; }

    /// <summary>A few words for people.</summary>
    internal abstract string Title { get; }

    /// <summary>What it tells or does, for whoever calls it.</summary>
    internal abstract string Description { get; }

    /// <summary>Its arguments.</summary>
    internal virtual IReadOnlyList<ToolParameter> Parameters => [];

    /// <summary>Who may call it; whoever may not is not shown it either.</summary>
    internal virtual Role Needs => Role.Viewer;

    /// <summary>Whether it changes nothing.</summary>
    internal virtual bool ReadsOnly => true;

    /// <summary>Carries it out. What cannot be done is told in words.</summary>
    internal abstract Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation);
}
