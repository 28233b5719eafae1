using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>Every pooled connection is taken, and requests wait for one in vain.</summary>
public sealed partial class ConnectionPoolExhausted : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("connection-pool-exhausted", CauseLayer.Root,
        "Several log lines say that no connection could be had from a pool in time, or that the server has too many clients; pool and sizes are taken from them.",
        "The pool's connections are rotated; its size is raised within bounds where that does not help.", "rotate-connection-pool", "raise-connection-limit");

    private protected override int LinesMin => 2;

    private protected override bool Fits(string line) => Exhausted().IsMatch(line);

    private protected override LogSign Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        var line = log.Lines[lines[^1]];
        var pool = Pool().Match(line) is { Success: true } match ? match.Groups[1].Value : "";
        var server = TooMany().IsMatch(line);
        var sizes = Sizes().Match(line) is { Success: true } counted ? $" ({counted.Value})" : "";
        return new LogSign(pool.Length > 0 ? $"pool {pool}" : server ? "server's connections" : "pool", server
            ? $"{container.Words} is refused new connections: the server has as many clients as it may{sizes}."
            : $"{container.Words} waits in vain for a connection of its pool{(pool.Length > 0 ? $" {pool}" : "")}{sizes}, in {Words.Count(lines.Count, "line", "lines")} of its log.",
            "Look for connections that are not given back and for slow queries before growing the pool.")
        {
            Confidence = lines.Count >= 5 ? 0.93 : 0.87,
            Remedies = server ? [new Remedy("rotate-connection-pool", "New connections free those that leaked.")] : [new Remedy("rotate-connection-pool", "New connections free those that leaked."), new Remedy("raise-connection-limit", "When all are truly in use, the pool is too small.")],
        };
    }

    [GeneratedRegex(@"Connection is not available, request timed out|[Pp]ool (?:is )?(?:exhausted|empty|error Timeout)|connection pool (?:exhausted|timed out|timeout)|[Tt]imeout (?:acquiring|waiting for|expired[^\n]{0,40}obtaining) (?:a )?connection|QueuePool limit of size|remaining connection slots are reserved|too many (?:clients already|connections)|The connection pool has been exhausted|ER_CON_COUNT_ERROR|acquire connection[^\n]{0,30}timed? ?out|max pool size was reached", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Exhausted();

    [GeneratedRegex(@"(?:^|[ \[])([\w-]*[Pp]ool[\w-]*\d[\w-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Pool();

    [GeneratedRegex(@"remaining connection slots|too many (?:clients|connections)|ER_CON_COUNT", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex TooMany();

    [GeneratedRegex(@"total=\d+, active=\d+, idle=\d+, waiting=\d+|size \d+ overflow \d+", RegexOptions.CultureInvariant)]
    private static partial Regex Sizes();
}
