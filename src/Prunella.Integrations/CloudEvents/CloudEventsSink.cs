using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Prunella.Integrations.Http;
using Prunella.Ledger;

namespace Prunella.Integrations.CloudEvents;

/// <summary>
/// Posts ledger entries as CloudEvents 1.0 in structured mode, one after the other and signed. An event that may come twice has the same
/// <c>id</c> both times: the number and the hash of its entry.
/// </summary>
public sealed class CloudEventsSink : ILedgerSink, IDisposable
{
    private const string MediaType = "application/cloudevents+json";
    private static readonly CloudEventAttribute Number = CloudEventAttribute.CreateExtension("ledgernumber", CloudEventAttributeType.String);
    private static readonly CloudEventAttribute Actor = CloudEventAttribute.CreateExtension("actor", CloudEventAttributeType.String);
    private readonly CloudEventsOptions options;
    private readonly HttpEndpoint endpoint;
    private readonly JsonEventFormatter formatter = new();

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public CloudEventsSink(CloudEventsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        endpoint = new HttpEndpoint(options.Endpoint, time);
    }

    /// <inheritdoc/>
    public string Name => "events";

    /// <inheritdoc/>
    public int BatchMax => 100;

    /// <inheritdoc/>
    public bool FromTheBeginning => options.FromTheBeginning;

    /// <inheritdoc/>
    public async Task<int> TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        for (var taken = 0; taken < entries.Count; taken++)
        {
            var entry = entries[taken];
            if (options.Kinds.Count > 0 && !options.Kinds.Contains(entry.Kind, StringComparer.Ordinal)) continue;
            var happened = EventOf(entry);
            var answer = await endpoint.CallAsync(happened.Id!, formatter.EncodeStructuredModeMessage(happened, out _).ToArray(), null, null, cancellation, MediaType).ConfigureAwait(false);
            if (answer.Success) continue;
            // What the receiver took stays taken; the rest is tried again from here.
            if (taken > 0) return taken;
            throw new LedgerSinkException($"{endpoint.Shown} did not take event {entry.Number}: {answer.Refusal}");
        }
        return entries.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => endpoint.Dispose();

    private CloudEvent EventOf(LedgerEntry entry)
    {
        var happened = new CloudEvent(CloudEventsSpecVersion.V1_0, [Number, Actor])
        {
            Id = FormattableString.Invariant($"{entry.Number}-{entry.Hash[..Math.Min(16, entry.Hash.Length)]}"),
            Source = new Uri(options.Source, UriKind.RelativeOrAbsolute),
            Type = options.TypePrefix + entry.Kind,
            Subject = entry.Subject.Length > 0 ? entry.Subject : null,
            Time = entry.At,
            DataContentType = "application/json",
            Data = entry.Payload,
        };
        happened[Number] = entry.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (entry.Actor.Length > 0) happened[Actor] = entry.Actor;
        return happened;
    }
}
