using System.Text.Json.Nodes;
using Prunella.Incidents.Actions;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Cdn;

/// <summary><c>flush-cdn-cache</c>: purges paths of allowed hosts, or everything where that is allowed.</summary>
public sealed class CdnDriver(CdnOptions options, TimeProvider time) : HttpActionDriver(Descriptor, options.Cdns.Select(cdn => KeyValuePair.Create(cdn.Key, cdn.Value.Endpoint)), time)
{
    private const int PathsMax = 30;

    internal static readonly ActionDescriptor Descriptor = new()
    {
        Name = "flush-cdn-cache",
        Summary = "Makes a CDN forget what it keeps of some paths.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.None,
        Parameters =
        [
            new("cdn", ParameterKind.Text, "The name of a configured CDN; default the one with the target's name, or the only one."),
            new("paths", ParameterKind.Text, "Paths or URLs of allowed hosts, with commas between them, at most 30: /catalog/1,/catalog/2."),
            new("everything", ParameterKind.Boolean, "true in place of paths: everything, where the configuration allows it."),
        ],
        Risks = "Until the CDN is warm again, the origin carries the load.",
    };

    private protected override string Noun => "CDN";

    private protected override string NameIn(Proposal proposal) =>
        proposal.Parameters.GetValueOrDefault("cdn") ?? (Names.Contains(proposal.Target.Name) ? proposal.Target.Name : Names.Count == 1 ? Names.First() : "");

    private protected override IEnumerable<string> Blockers(Proposal proposal, HttpEndpoint endpoint)
    {
        var cdn = options.Cdns[NameIn(proposal)];
        var everything = proposal.Parameters.GetValueOrDefault("everything") == "true";
        var paths = Paths(proposal);
        if (everything == paths.Count > 0) yield return "exactly one of paths and everything: true is needed";
        if (everything && !cdn.AllowEverything) yield return "purging everything is not allowed by AllowEverything";
        if (paths.Count > PathsMax) yield return $"{paths.Count} paths, more than {PathsMax}";
        foreach (var path in paths.Take(PathsMax))
        {
            if (Resolve(path, cdn) is not { } url) yield return $"'{path}' is no path or URL";
            else if (!cdn.Hosts.Contains(url.Host, StringComparer.OrdinalIgnoreCase)) yield return $"{url.Host} is not among the allowed hosts {string.Join(", ", cdn.Hosts)}";
        }
    }

    private protected override IReadOnlyList<HttpCall> Calls(Proposal proposal, HttpEndpointOptions endpoint)
    {
        var cdn = options.Cdns[NameIn(proposal)];
        List<Uri> urls = [.. Paths(proposal).Select(path => Resolve(path, cdn)!)];
        if (cdn.Style == PurgeStyle.Json)
        {
            var body = urls.Count == 0 ? new JsonObject { ["purge_everything"] = true } : new JsonObject { ["files"] = new JsonArray([.. urls.Select(url => (JsonNode)url.AbsoluteUri)]) };
            return [new HttpCall(body.ToJsonString(), null, null)];
        }
        return [.. urls.Select(url => new HttpCall("", new Uri(endpoint.Url!, url.PathAndQuery), url.Host))];
    }

    private static List<string> Paths(Proposal proposal) =>
        [.. (proposal.Parameters.GetValueOrDefault("paths") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>A URL of a public host. '//host/x' is no path: it would name another host.</summary>
    private static Uri? Resolve(string path, CdnEndpointOptions cdn)
    {
        if (path.StartsWith('/'))
            return !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && Uri.TryCreate($"https://{cdn.Hosts[0]}{path}", UriKind.Absolute, out var own) && own.Host.Equals(cdn.Hosts[0], StringComparison.OrdinalIgnoreCase) ? own : null;
        return Uri.TryCreate(path, UriKind.Absolute, out var url) && OptionProblems.IsHttp(url) ? url : null;
    }
}
