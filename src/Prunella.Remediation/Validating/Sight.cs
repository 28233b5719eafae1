using Prunella.Incidents;

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

    /// <summary>That somebody deleted the target of an action that changes nothing: neither the trouble nor a fix is there any more; null while it is there.</summary>
    internal string? Gone { get; set; }

    /// <summary>The kubelet's present back-off, which the soak has to outlast.</summary>
    internal TimeSpan BackOff { get; private set; }

    /// <summary>Ready and desired replicas; null where they were not seen.</summary>
    internal (int Ready, int Desired)? Replicas { get; set; }

    /// <summary>The error rate; null where it was not seen.</summary>
    internal double? ErrorRate { get; set; }

    /// <summary>Whether everything asked for was seen and holds.</summary>
    internal bool IsWell => Looked && !IsMissing && !IsUnwell && !IsWorse;

    /// <summary>Everything seen that is not as it should be.</summary>
    internal string Text => texts.Count == 0 ? Looked ? "everything asked for holds" : "there was nothing to look at" : string.Join("; ", texts.Take(8));

    /// <summary>What was seen so far, with this look behind it where it tells something new.</summary>
    /// <param name="before">The looks so far.</param>
    /// <param name="apart">How long the error rate may stand as it was.</param>
    internal IReadOnlyList<ValidationLook> After(IReadOnlyList<ValidationLook> before, TimeSpan apart)
    {
        var look = new ValidationLook(At, Replicas?.Ready, Replicas?.Desired, ErrorRate, IsWell);
        if (before.Count > 0 && before[^1] is var last && (last.Ready, last.Desired, last.Well) == (look.Ready, look.Desired, look.Well) && (last.ErrorRate == look.ErrorRate || At - last.At < apart)) return before;
        return before.Count < Attempt.LooksMax ? [.. before, look] : [.. before.Where((_, index) => index % 2 == 0), look];
    }

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
