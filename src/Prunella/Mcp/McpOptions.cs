using System.ComponentModel.DataAnnotations;

namespace Prunella.Mcp;

/// <summary>The door for tools that speak the Model Context Protocol. Nothing of it is loaded before the first request.</summary>
public sealed class McpOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "mcp";

    /// <summary>Answers on <c>/mcp</c>, for tokens of people.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests of one token within a minute, after which it is answered with 429.</summary>
    /// <value>Requests. Default 120.</value>
    [Range(1, 100_000)] public int RequestsPerMinuteMax { get; set; } = 120;

    /// <summary>The largest request; a larger one is refused with 413.</summary>
    /// <value>Bytes. Default 65 536.</value>
    [Range(4_096, 1_048_576)] public int RequestBytesMax { get; set; } = 65_536;

    /// <summary>The longest answer of a tool; what is longer is cut, and says so.</summary>
    /// <value>Characters. Default 32 000.</value>
    [Range(2_000, 1_000_000)] public int AnswerCharactersMax { get; set; } = 32_000;
}
