using System.ComponentModel.DataAnnotations;

namespace Prunella.Traces.Dependencies;

/// <summary>When a shape in the map is an issue.</summary>
public sealed class MapOptions
{
    /// <summary>Nodes one service calls.</summary>
    /// <value>Nodes. Default 10.</value>
    [Range(2, 10_000)] public int FanOutMin { get; set; } = 10;

    /// <summary>Services in the longest chain of calls.</summary>
    /// <value>Nodes. Default 6.</value>
    [Range(2, 1_000)] public int DepthMin { get; set; } = 6;

    /// <summary>Calls over one edge in one trace.</summary>
    /// <value>Calls. Default 20.</value>
    [Range(2, 1_000_000)] public int ChattyCallsMin { get; set; } = 20;

    /// <summary>Nodes that lose their way to or from the rest with an articulation point.</summary>
    /// <value>Nodes. Default 2.</value>
    [Range(1, 10_000)] public int DependentsMin { get; set; } = 2;
}
