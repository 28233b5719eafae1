using System.Text.Json;

namespace Prunella.Reasoning.Tools;

/// <summary>
/// Something that a model may look up. There is no other kind of tool: it reads, within bounds, and changes nothing. Everything
/// that a model can call derives from this class and lives in a folder named Tools.
/// </summary>
public abstract class ReadOnlyTool
{
    /// <summary>The name that the model calls it by: lower case and underscores.</summary>
    public abstract string Name { get; }

    /// <summary>What it tells, for the model.</summary>
    public abstract string Description { get; }

    /// <summary>The JSON schema of its arguments.</summary>
    public abstract string Schema { get; }

    /// <summary>Looks it up. What cannot be looked up is told in words, not thrown.</summary>
    /// <param name="arguments">A JSON object, checked against <see cref="Schema"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public abstract Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation);
}
