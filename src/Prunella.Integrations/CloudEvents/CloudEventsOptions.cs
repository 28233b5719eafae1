using Prunella.Integrations.Http;

namespace Prunella.Integrations.CloudEvents;

/// <summary>What happens, as CloudEvents to a webhook: n8n, Knative, Event Grid and the like.</summary>
public sealed class CloudEventsOptions
{
    /// <summary>Where events go, and how they are signed; without an address there are none.</summary>
    public HttpEndpointOptions Endpoint { get; set; } = new();

    /// <summary>The events' <c>source</c>: which Prunella it is.</summary>
    /// <value>Default <c>/prunella</c>.</value>
    public string Source { get; set; } = "/prunella";

    /// <summary>What the events' <c>type</c> begins with; the kind of the ledger's entry follows.</summary>
    /// <value>Default <c>prunella.</c></value>
    public string TypePrefix { get; set; } = "prunella.";

    /// <summary>Only these kinds of ledger entries, as docs/ledger.md lists them: <c>escalated</c>, <c>resolved</c>.</summary>
    /// <value>Default every kind.</value>
    public IList<string> Kinds { get; init; } = [];

    /// <summary>Whether it begins with the ledger's first entry rather than with the next one.</summary>
    /// <value>Default false.</value>
    public bool FromTheBeginning { get; set; }

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("events")
        .Add(Endpoint.Problems("events:Endpoint"))
        .Check(nameof(Source), Source.Length > 0 && Uri.TryCreate(Source, UriKind.RelativeOrAbsolute, out _), "must be a URI or a path such as /prunella/berlin")
        .Check(nameof(TypePrefix), TypePrefix.Length <= 100 && TypePrefix.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'), "must have letters, figures, points, hyphens and underlines").All;
}
