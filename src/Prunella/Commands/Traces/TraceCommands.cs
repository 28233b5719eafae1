using System.CommandLine;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces</c>: where the time goes, what to change, and by how much it helps. Needs no server.</summary>
internal static class TraceCommands
{
    internal static Command Create() => new("traces", "Find where distributed traces spend their time and what to change. Reads Jaeger, Zipkin and OTLP; needs no server.")
    {
        AnalyzeCommand.Create(),
        CriticalPathCommand.Create(),
        MapCommand.Create(),
        OptimizeCommand.Create(),
        RankCommand.Create(),
        DiffCommand.Create(),
        FlameGraphCommand.Create(),
        FileIssuesCommand.Create(),
    };
}
