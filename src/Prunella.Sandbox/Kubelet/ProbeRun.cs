using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Kubelet;

/// <summary>One probe of one running container: when it is due, and what its results add up to.</summary>
internal sealed class ProbeRun(JsonObject probe, string kind, DateTimeOffset started)
{
    private int successes;
    private int failures;

    public JsonObject Probe { get; } = probe;
    public string Kind { get; } = kind;
    public DateTimeOffset DueAt { get; private set; } = started.AddSeconds(probe.Number("initialDelaySeconds") ?? 0);

    /// <summary>Null until the threshold of successes or failures is first reached.</summary>
    public bool? Passing { get; private set; }

    /// <summary>Counts a result; true when the verdict changed.</summary>
    public bool Count(bool success, DateTimeOffset now)
    {
        DueAt = now.AddSeconds(Math.Max(1, Probe.Number("periodSeconds") ?? 10));
        successes = success ? successes + 1 : 0;
        failures = success ? 0 : failures + 1;
        var before = Passing;
        if (success && successes >= Math.Max(1, Probe.Number("successThreshold") ?? 1)) Passing = true;
        else if (!success && failures >= Math.Max(1, Probe.Number("failureThreshold") ?? 3)) Passing = false;
        return Passing != before;
    }
}
