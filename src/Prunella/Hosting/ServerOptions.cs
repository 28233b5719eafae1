using System.ComponentModel.DataAnnotations;

namespace Prunella.Hosting;

/// <summary>Where the server listens and how it stops.</summary>
public sealed class ServerOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "server";

    /// <summary>The addresses to listen on, separated by semicolons. Port 0 chooses a free one.</summary>
    /// <value>Default <c>http://127.0.0.1:8780</c>.</value>
    [Required] public string Urls { get; set; } = "http://127.0.0.1:8780";

    /// <summary>How long requests and steps under way may take to end after a stop is asked.</summary>
    /// <value>Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")] public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Answers on <c>/openapi/v1.json</c> with the description of the API.</summary>
    /// <value>Default true.</value>
    public bool OpenApi { get; set; } = true;
}
