using System.CommandLine;

namespace Prunella.Commands.Traces;

/// <summary>The option <c>--output</c> of these commands; without a short form, which <c>flamegraph</c> uses for its file.</summary>
internal static class TraceOutput
{
    internal static Option<OutputFormat> Option() => new("--output")
    {
        Description = "How data is printed: table (default) or json.", HelpName = "table|json",
    };
}
