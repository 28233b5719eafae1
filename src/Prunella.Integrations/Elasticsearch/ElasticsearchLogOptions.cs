namespace Prunella.Integrations.Elasticsearch;

/// <summary>An Elasticsearch or OpenSearch that is asked questions.</summary>
public sealed class ElasticsearchLogOptions : ElasticsearchServerOptions
{
    /// <summary>Index, data stream, alias or pattern; several with commas.</summary>
    /// <value>Default <c>logs-*</c>.</value>
    public string Index { get; set; } = "logs-*";

    // A name goes into a path: what would make another path of it is refused.
    internal IReadOnlyList<string> Problems(string section) => ServerProblems(section)
        .Check(nameof(Index), Index.Length is > 0 and <= 1000 && Index.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '*' or ',' or ':') && !Index.StartsWith('_') && !Index.Contains("..", StringComparison.Ordinal), $"is '{InertText.Line(Index)}' and must be names of indices such as logs-*, with commas between them").All;
}
