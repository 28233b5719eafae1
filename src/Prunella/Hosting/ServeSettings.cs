using Prunella.Remediation.Stages;

namespace Prunella.Hosting;

/// <summary>What the flags of <c>prunella serve</c> said; each comes before the environment and the file.</summary>
internal sealed record ServeSettings
{
    /// <summary>The configuration file; null for <c>prunella.yaml</c> in the working folder where there is one.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Starts the sandbox cluster and injects faults; no tokens, loopback only.</summary>
    public bool Demo { get; init; }

    /// <summary>Plays the demo's faults to their ends and stops.</summary>
    public bool Once { get; init; }

    /// <summary>A kubeconfig file.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The stage of every scope that nothing else names.</summary>
    public Stage? Stage { get; init; }

    /// <summary>The addresses to listen on.</summary>
    public string? Urls { get; init; }

    /// <summary>The folder of the database, the ledger's key and its checkpoints.</summary>
    public string? Data { get; init; }

    /// <summary>Answers, but works on nothing; for tests of the surfaces.</summary>
    public bool WithoutEngine { get; init; }

    /// <summary>The flags as configuration keys.</summary>
    internal IEnumerable<KeyValuePair<string, string?>> AsConfiguration()
    {
        if (Kubeconfig is not null) yield return new("kubernetes:kubeconfig", Kubeconfig);
        if (Stage is { } stage) yield return new("remediation:stages:default", stage.ToString());
        if (Urls is not null) yield return new("server:urls", Urls);
        if (Data is null) yield break;
        yield return new("storage:path", Path.Combine(Data, "store.db"));
        yield return new("storage:ledgerKeyFile", Path.Combine(Data, "keys", "ledger.key"));
        yield return new("storage:checkpointFile", Path.Combine(Data, "checkpoints", "ledger.jsonl"));
        yield return new("traces:store:directory", Path.Combine(Data, "traces"));
    }
}
