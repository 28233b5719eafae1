using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>Stack traces of Go, Java, .NET, Node and Python: where the program's own code stands in them.</summary>
internal static partial class StackFrames
{
    private const int FramesMax = 60;

    /// <summary>The index of the first own frame after a line, and how it reads; null when the trace has none.</summary>
    internal static (int Index, string Frame)? FirstOwn(ContainerLog log, int from)
    {
        (int, string)? python = null;
        for (var index = from; index < Math.Min(log.Lines.Count, from + FramesMax); index++)
        {
            var line = log.Lines[index];
            if (Go().Match(line) is { Success: true } go)
            {
                if (!Library().IsMatch(go.Groups[1].Value)) return (index, go.Groups[1].Value);
            }
            else if (At().Match(line) is { Success: true } at)
            {
                if (!Foreign().IsMatch(at.Groups[1].Value) && !line.Contains("node_modules", StringComparison.Ordinal) && !line.Contains("node:internal", StringComparison.Ordinal)) return (index, at.Groups[1].Value.Trim());
            }
            else if (Python().Match(line) is { Success: true } py && !Library().IsMatch(py.Groups[1].Value)) python = (index, $"{py.Groups[1].Value}:{py.Groups[2].Value}");
            else if (python is not null && PythonEnd().IsMatch(line)) return python;
        }
        return python;
    }

    [GeneratedRegex(@"^\s+(/[\w./@-]{1,250}\.go:\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Go();

    [GeneratedRegex(@"^\s*at (?:async |new )?(.{3,300})$", RegexOptions.CultureInvariant)]
    private static partial Regex At();

    [GeneratedRegex(@"^\s*File ""([^""]{1,250})"", line (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Python();

    [GeneratedRegex(@"^[\w.]+(?:Error|Exception|Exit|Interrupt)\b", RegexOptions.CultureInvariant)]
    private static partial Regex PythonEnd();

    [GeneratedRegex(@"^(?:java|javax|jdk|sun|kotlin|scala|akka|io\.netty|io\.grpc|reactor|org\.(?:springframework|apache|hibernate|postgresql|eclipse|jboss|junit)|com\.(?:zaxxer|mysql|fasterxml|google)|System|Microsoft|Npgsql|lambda_method)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Foreign();

    [GeneratedRegex(@"/usr/lib/|/usr/local/lib/|/usr/local/go/|/pkg/mod/|site-packages|dist-packages|/vendor/|<frozen|runtime/|^<", RegexOptions.CultureInvariant)]
    private static partial Regex Library();
}
