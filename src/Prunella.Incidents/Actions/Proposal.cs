using System.Text.Json.Serialization;

namespace Prunella.Incidents.Actions;

/// <summary>Action + target + parameters + the diagnosis that led to it. Pure data: it does nothing until the gate says so.</summary>
public sealed record Proposal
{
    /// <summary>The incident that it is for.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>A name of the action catalogue; an unknown one is asked about, a forbidden one refused.</summary>
    public required string Action { get; init; }

    /// <summary>What is acted on.</summary>
    public required Target Target { get; init; }

    /// <summary>Parameter values by name, in the invariant form of their kind.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The cause that it answers.</summary>
    public required string Cause { get; init; }

    /// <summary>The confidence of the diagnosis, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>How <see cref="ProposedBy"/> begins for what came through a tool; the name of the tool's owner follows.</summary>
    public const string ByTool = "mcp:";

    /// <summary>Who proposes: <c>playbook:memory-leak</c>, <c>operator</c>, <c>model</c>, <c>person:ana</c>, <c>mcp:ana</c>.</summary>
    public required string ProposedBy { get; init; }

    /// <summary>Whose tool proposes it, who may not approve it; null for what Prunella proposes itself.</summary>
    [JsonIgnore]
    public string? ToolOwner => ProposedBy.StartsWith(ByTool, StringComparison.Ordinal) ? ProposedBy[ByTool.Length..] : null;

    /// <summary>Why, in one sentence.</summary>
    public string Why { get; init; } = "";

    /// <summary>Which attempt of the incident it is, from 1; part of the digest, so one approval covers one attempt.</summary>
    public int AttemptNumber { get; init; } = 1;

    /// <summary>SHA-256 over everything that matters to an approver; an approval is bound to it.</summary>
    [JsonIgnore]
    public string Digest
    {
        get
        {
            const int Fixed = 5;
            var parts = new string[Fixed + 2 * Parameters.Count];
            parts[0] = Incident.ToString();
            parts[1] = Action;
            parts[2] = Target.Key;
            parts[3] = Cause;
            parts[4] = AttemptNumber.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (Parameters.Count > 0) Fingerprint.AddSorted(Parameters, parts.AsSpan(Fixed));
            return Fingerprint.Of(parts);
        }
    }
}
