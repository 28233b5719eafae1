using System.ComponentModel.DataAnnotations;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>An Elasticsearch or OpenSearch that indexed lines are sent to.</summary>
public sealed class ElasticsearchSinkOptions : ElasticsearchServerOptions
{
    /// <summary>The data stream that lines go to.</summary>
    /// <value>Default <c>logs-prunella-default</c>.</value>
    [RegularExpression("^[a-z0-9][a-z0-9_.-]{0,200}$")] public string DataStream { get; set; } = "logs-prunella-default";

    /// <summary>Whether the index template of the data stream is put there at the start; false where an administrator does that.</summary>
    /// <value>Default true.</value>
    public bool PutTemplate { get; set; } = true;

    /// <summary>Documents in one request.</summary>
    /// <value>Documents. Default 2 000.</value>
    [Range(1, 100_000)] public int BatchDocumentsMax { get; set; } = 2_000;

    /// <summary>Bytes in one request; a request that is refused as too large is sent in halves.</summary>
    /// <value>Bytes. Default 5 242 880.</value>
    [Range(65_536, 104_857_600)] public int BatchBytesMax { get; set; } = 5_242_880;

    internal IReadOnlyList<string> Problems(string section) => ServerProblems(section).All;
}
