namespace Prunella.Traces.CriticalPath;

/// <summary>Whose rules decide what a span waited for.</summary>
public enum CriticalPathMode
{
    /// <summary>Children clipped to their parents; a child that ends where the next starts is chained; what a span does not wait for (follows-from, producer to consumer) is left out.</summary>
    Default,

    /// <summary>Jaeger UI's: as default, but the next child must end strictly before the returning child starts.</summary>
    Jaeger,

    /// <summary>Uber CRISP's: five overflow cases, and siblings may overlap by less than 1 % of their parent.</summary>
    Crisp,
}
