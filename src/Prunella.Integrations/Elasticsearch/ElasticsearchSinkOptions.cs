using System.ComponentModel.DataAnnotations;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>An Elasticsearch or OpenSearch that indexed lines are sent to.</summary>
public sealed class ElasticsearchSinkOptions
{
    /// <summary>Its address, e.g. <c>https://search:9200</c>; without it there is no such sink.</summary>
    public Uri? Url { get; set; }

    /// <summary>The data stream that lines go to.</summary>
    /// <value>Default <c>logs-prunella-default</c>.</value>
    [RegularExpression("^[a-z0-9][a-z0-9_.-]{0,200}$")] public string DataStream { get; set; } = "logs-prunella-default";

    /// <summary>Whether the index template of the data stream is put there at the start; false where an administrator does that.</summary>
    /// <value>Default true.</value>
    public bool PutTemplate { get; set; } = true;

    /// <summary>An API key of Elasticsearch, as <c>id:key</c> in base64. Not together with <see cref="Credentials"/>.</summary>
    /// <value>Default none.</value>
    public string ApiKey { get; set; } = "";

    /// <summary>How Prunella proves who it is.</summary>
    /// <value>Default not at all.</value>
    public HttpCredentials Credentials { get; set; } = new();

    /// <summary>Documents in one request.</summary>
    /// <value>Documents. Default 2 000.</value>
    [Range(1, 100_000)] public int BatchDocumentsMax { get; set; } = 2_000;

    /// <summary>Bytes in one request; a request that is refused as too large is sent in halves.</summary>
    /// <value>Bytes. Default 5 242 880.</value>
    [Range(65_536, 104_857_600)] public int BatchBytesMax { get; set; } = 5_242_880;

    /// <summary>How long one request may take.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    internal IReadOnlyList<string> Problems(string section) => Credentials.Check(new OptionProblems(section)
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(ApiKey), ApiKey.Length == 0 || (Credentials.User.Length == 0 && Credentials.BearerToken.Length == 0 && Credentials.BearerTokenFile.Length == 0), "is given together with Credentials; give one")
        .Check(nameof(ApiKey), !ApiKey.Any(char.IsWhiteSpace), "holds white space")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        .Readable(nameof(AuthorityFile), AuthorityFile)).All;
}
