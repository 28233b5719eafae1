namespace Prunella.Remediation.Validating;

/// <summary>What one look saw.</summary>
internal sealed class Sight(DateTimeOffset at)
{
    private readonly List<string> texts = [];

    /// <summary>When.</summary>
    internal DateTimeOffset At { get; } = at;

    /// <summary>Whether anything at all was looked at; seeing nothing is no pass.</summary>
    internal bool Looked { get; set; }

    /// <summary>Whether a fact that was asked for is missing.</summary>
    internal bool IsMissing { get; private set; }

    /// <summary>Whether something asked for does not hold.</summary>
    internal bool IsUnwell { get; private set; }

    /// <summary>Whether something is worse than the baseline.</summary>
    internal bool IsWorse { get; private set; }

    /// <summary>Whether it is worse beyond doubt: deleted, scaled to zero.</summary>
    internal bool IsWorseForCertain { get; private set; }

    /// <summary>Another trouble of the same target that began meanwhile, so that nothing can be told any more; null when there is none.</summary>
    internal string? OvertakenBy { get; private set; }

    /// <summary>The kubelet's present back-off, which the soak has to outlast.</summary>
    internal TimeSpan BackOff { get; private set; }

    /// <summary>Whether everything asked for was seen and holds.</summary>
    internal bool IsWell => Looked && !IsMissing && !IsUnwell && !IsWorse;

    /// <summary>Everything seen that is not as it should be.</summary>
    internal string Text => texts.Count == 0 ? Looked ? "everything asked for holds" : "there was nothing to look at" : string.Join("; ", texts.Take(8));

    internal void Missing(string text)
    {
        IsMissing = true;
        texts.Add(text);
    }

    internal void NotWell(string text)
    {
        IsUnwell = true;
        texts.Add(text);
    }

    internal void Worse(string text, bool certain)
    {
        IsWorse = true;
        IsWorseForCertain |= certain;
        texts.Add(text);
    }

    internal void Overtaken(string by)
    {
        OvertakenBy = by;
        NotWell(by);
    }

    internal void Outlast(TimeSpan backOff)
    {
        if (backOff > BackOff) BackOff = backOff;
    }
}
