using Prunella.Integrations.Http;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>Where an Elasticsearch or OpenSearch is, and how it lets Prunella in.</summary>
public abstract class ElasticsearchServerOptions
{
    private protected ElasticsearchServerOptions()
    {
    }

    /// <summary>Its address, e.g. <c>https://search:9200</c>; without it there is none.</summary>
    public Uri? Url { get; set; }

    /// <summary>An API key of Elasticsearch, as <c>id:key</c> in base64. Not together with <see cref="Credentials"/>.</summary>
    /// <value>Default none.</value>
    public string ApiKey { get; set; } = "";

    /// <summary>How Prunella proves who it is.</summary>
    /// <value>Default not at all.</value>
    public HttpCredentials Credentials { get; set; } = new();

    /// <summary>How long one request may take.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    private protected OptionProblems ServerProblems(string section) => Credentials.Check(new OptionProblems(section)
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(ApiKey), ApiKey.Length == 0 || (Credentials.User.Length == 0 && Credentials.BearerToken.Length == 0 && Credentials.BearerTokenFile.Length == 0), "is given together with Credentials; give one")
        .Check(nameof(ApiKey), !ApiKey.Any(char.IsWhiteSpace), "holds white space")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        .Readable(nameof(AuthorityFile), AuthorityFile));
}
