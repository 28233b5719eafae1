using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>Something it calls answers that it calls too often.</summary>
public sealed partial class RateLimited : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("rate-limited", CauseLayer.Root,
        "Several log lines say 429, too many requests or rate limit exceeded; the host that answers so is told.",
        "A person slows the calls down or has the limit raised; more replicas would only make it worse.");

    private protected override int LinesMin => 3;

    private protected override bool Fits(string line) => Limited().IsMatch(line);

    private protected override LogSign Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        var host = lines.Select(index => Host().Match(log.Lines[index]) is { Success: true } match ? match.Groups[1].Value : "").Where(name => name.Length > 0).GroupBy(name => name).MaxBy(group => group.Count())?.Key ?? "";
        var after = lines.Select(index => RetryAfter().Match(log.Lines[index])).FirstOrDefault(match => match.Success)?.Groups[1].Value;
        return new LogSign(host.Length > 0 ? host : "upstream", $"{container.Words} is told by {(host.Length > 0 ? host : "what it calls")} that it calls too often ({Words.Count(lines.Count, "line", "lines")}{(after is null ? "" : $", retry after {after} s")}).",
            "Call less: cache, batch, back off with Retry-After; or have the limit raised. More replicas make it worse.") { Severity = Severity.Warning, Confidence = 0.9 };
    }

    [GeneratedRegex(@"\b429\b[^\n]{0,40}(?:[Tt]oo [Mm]any|error|status|response)|[Tt]oo [Mm]any [Rr]equests|(?:status(?:[_ ]?code)?|HTTP|code|response)[ =:""]{1,3}429\b|[Rr]ate[ -]?limit(?:ed)?[^\n]{0,20}(?:exceeded|reached|hit)|RESOURCE_EXHAUSTED|ThrottlingException|TooManyRequestsException|SlowDown", RegexOptions.CultureInvariant)]
    private static partial Regex Limited();

    [GeneratedRegex(@"(?:https?://|host[=: ""]{1,3}|from |by |to )([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+|[a-z][a-z0-9]*-[a-z0-9-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"[Rr]etry[- _]?[Aa]fter[""=: ]{1,4}(\d{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex RetryAfter();
}
