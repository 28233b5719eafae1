using System.Net.Http.Headers;

namespace Prunella.Kubernetes.Connection;

/// <summary>One request, with the words that permissions and messages use for it.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Verb, ApiKind Kind, string Path)
{
    internal string? Body { get; init; }

    internal MediaTypeHeaderValue? Media { get; init; }

    internal string Subresource { get; init; } = "";

    /// <summary>Whether only the names and labels are asked for: what a secret holds is nobody's business here.</summary>
    internal bool MetadataOnly { get; init; }

    /// <summary>Whether it changes something: no dry run, no read.</summary>
    internal bool Writes => Method != HttpMethod.Get && !Path.Contains("dryRun=All", StringComparison.Ordinal);

    internal string Resource => Subresource.Length == 0 ? Kind.Resource : $"{Kind.Resource}/{Subresource}";

    /// <summary>Whether sending it again cannot do anything twice: the server refused before acting, or it only reads.</summary>
    internal bool MayRepeat(ClusterFailure failure) => failure switch
    {
        ClusterFailure.Unreachable or ClusterFailure.Overloaded => true,
        ClusterFailure.Lost or ClusterFailure.ServerError => Method == HttpMethod.Get && Subresource != "log",
        _ => false,
    };

    public override string ToString()
    {
        var path = Path.AsSpan();
        var query = path.IndexOf('?');
        return $"{Verb} {Resource} ({(query < 0 ? path : path[..query])})";
    }
}
