namespace Prunella.Incidents;

/// <summary>How much it matters, in the order of urgency.</summary>
public enum Severity
{
    /// <summary>A hint; nobody needs to wake up.</summary>
    Info,

    /// <summary>Will matter soon, or hurts a little now.</summary>
    Warning,

    /// <summary>Hurts users now.</summary>
    Critical,
}
