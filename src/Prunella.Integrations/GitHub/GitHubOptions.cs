using System.ComponentModel.DataAnnotations;

namespace Prunella.Integrations.GitHub;

/// <summary>Where issues go, and how they look.</summary>
public sealed class GitHubOptions
{
    /// <summary>The API's address; GitHub Enterprise has its own.</summary>
    /// <value>Default <c>https://api.github.com/</c>.</value>
    public Uri Url { get; set; } = new("https://api.github.com/");

    /// <summary>A token that may write issues; not needed for a dry run.</summary>
    public string? Token { get; set; }

    /// <summary>owner/name of the repository for services that have no own entry.</summary>
    [Required] public string Repository { get; set; } = string.Empty;

    /// <summary>owner/name by service.</summary>
    public IDictionary<string, string> RepositoryByService { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Labels of every issue; the first one is also how issues are found again.</summary>
    /// <value>Default <c>prunella</c>, <c>performance</c>.</value>
    [MinLength(1)] public IList<string> Labels { get; } = ["prunella", "performance"];

    /// <summary>Issues looked through per repository to find those filed before.</summary>
    /// <value>Issues. Default 2 000.</value>
    [Range(1, 100_000)] public int IssuesMax { get; set; } = 2_000;

    /// <summary>Findings filed in one run, the most promising first.</summary>
    /// <value>Issues. Default 20.</value>
    [Range(1, 1_000)] public int FiledMax { get; set; } = 20;

    /// <summary>Close issues whose finding was not seen for this long; null: never.</summary>
    /// <value>Default null.</value>
    public TimeSpan? CloseAfter { get; set; }

    /// <summary>Whether to only say what would be done.</summary>
    /// <value>Default true.</value>
    public bool DryRun { get; set; } = true;
}
