using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Query;

/// <summary>A field of a line and the value that it must have.</summary>
/// <param name="Name">The word before the value (<c>rhost</c> of <c>rhost=…</c>), the kind of a value without one (<c>address</c>, <c>path</c>, <c>uuid</c> …), or * for any.</param>
/// <param name="Value">The whole value.</param>
public sealed record FieldCondition(string Name, ReadOnlyMemory<byte> Value);

/// <summary>What a line must have to be found; all that is given must hold.</summary>
public sealed record ArchiveQuery
{
    /// <summary>Bytes that the line contains, terminator not included; empty for any.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Template of the line.</summary>
    public TemplateId? Template { get; init; }

    /// <summary>Least severity; lines without one never match.</summary>
    public Severity? LevelMin { get; init; }

    /// <summary>Service of the line.</summary>
    public string? Service { get; init; }

    /// <summary>Earliest time in ticks; lines without a time never match.</summary>
    public long? SinceTicks { get; init; }

    /// <summary>Time in ticks before which a line must be.</summary>
    public long? UntilTicks { get; init; }

    /// <summary>Values that slots of the line must have.</summary>
    public IReadOnlyList<FieldCondition> Fields { get; init; } = [];

    internal bool HasTime => SinceTicks is not null || UntilTicks is not null;
}
