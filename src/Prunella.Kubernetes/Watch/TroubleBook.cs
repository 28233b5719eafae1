using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>
/// Which targets are in trouble, and the signals that tell: one when trouble begins, one when it has stayed away for long
/// enough. A target has one trouble at a time; when its cause turns out to be another one, that is signalled before the first
/// is resolved. Thread-safe; a namespace is told by one caller at a time.
/// </summary>
internal sealed class TroubleBook(string cluster, OperatorOptions options, IdSource ids, TimeProvider time)
{
    /// <summary>The label that holds the target's key. Only believed of signals of this source, which nobody outside can send.</summary>
    internal const string TargetLabel = "target";

    private readonly Lock gate = new();
    private readonly Dictionary<ObjectRef, Trouble> standing = [];

    internal int Count
    {
        get
        {
            lock (gate) return standing.Count;
        }
    }

    /// <summary>The troubles that stand.</summary>
    internal IReadOnlyList<Trouble> Standing
    {
        get
        {
            lock (gate) return [.. standing.Values];
        }
    }

    internal IReadOnlyList<ObjectRef> Targets
    {
        get
        {
            lock (gate) return [.. standing.Keys];
        }
    }

    internal bool Stands(ObjectRef target)
    {
        lock (gate) return standing.ContainsKey(target);
    }

    /// <summary>What was found about a target when its standing trouble was noticed; null when none stands.</summary>
    internal CauseFinding? FindingOf(ObjectRef target)
    {
        lock (gate) return standing.GetValueOrDefault(target)?.Finding;
    }

    /// <summary>Trouble that was signalled before a restart.</summary>
    internal void Remember(Trouble trouble)
    {
        lock (gate) standing[trouble.Target] = trouble;
    }

    /// <summary>Has trouble told once more at the next look, as if it had ended and begun.</summary>
    /// <returns>The targets to look at.</returns>
    internal IReadOnlyList<ObjectRef> TellAgain(Func<ObjectRef, bool> wanted)
    {
        lock (gate)
        {
            List<Trouble> again = [.. standing.Values.Where(trouble => wanted(trouble.Target))];
            foreach (var trouble in again) standing[trouble.Target] = trouble with { Again = true };
            return [.. again.Select(trouble => trouble.Target)];
        }
    }

    /// <summary>The troubles that had gone out of sight, not for long enough to be over, and are found again.</summary>
    internal IReadOnlyList<Trouble> Returned(IReadOnlyDictionary<ObjectRef, CauseFinding> found)
    {
        lock (gate) return [.. standing.Values.Where(trouble => trouble.OutOfSight && found.TryGetValue(trouble.Target, out var finding) && finding.Cause == trouble.Cause)];
    }

    /// <summary>Compares what was found in a namespace with what stands. Changes nothing: the caller commits once the signals are stored.</summary>
    /// <param name="namespace">The namespace looked at.</param>
    /// <param name="found">The findings by target, the most telling of each.</param>
    /// <param name="shownAt">When the API showed a target's trouble; null when that is not known.</param>
    /// <param name="overAfter">How long a target's trouble has to stay away.</param>
    /// <param name="complete">Whether what is not found is over; not while a watch is behind.</param>
    internal TroubleChange Compare(string @namespace, IReadOnlyDictionary<ObjectRef, CauseFinding> found, Func<ObjectRef, DateTimeOffset?> shownAt, Func<ObjectRef, TimeSpan> overAfter, bool complete)
    {
        var change = new TroubleChange();
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (target, finding) in found)
            {
                var known = standing.GetValueOrDefault(target);
                var again = known is { Again: true } && known.Cause == finding.Cause;
                if (known is not null && known.Cause == finding.Cause && !again)
                {
                    if (known.OutOfSight) change.Put.Add(known with { OutOfSight = false, AwaySince = null });
                    continue;
                }
                if (known is null && standing.Count + change.Put.Count >= options.TroublesMax)
                {
                    change.Dropped++;
                    continue;
                }
                // What was in sight all the time has no newer beginning than being told again.
                var inSight = again && !known!.OutOfSight;
                var trouble = new Trouble(target, finding.Cause, !inSight && shownAt(target) is { } shown && shown <= now ? shown : now) { Finding = finding };
                change.Put.Add(trouble);
                if (again) change.Signals.Add(Resolved(known!, now, now));
                change.Signals.Add(Firing(trouble, finding, now));
                if (known is not null && !again) change.Signals.Add(Resolved(known, now, now));
            }
            foreach (var known in standing.Values)
            {
                if (known.Target.Namespace != @namespace || found.ContainsKey(known.Target)) continue;
                if (!complete)
                {
                    // It may be there all the same: no time counts towards its end.
                    if (!known.OutOfSight) change.Put.Add(known with { OutOfSight = true });
                    change.LookAgain.Add((known.Target, now + options.OverAfter));
                    continue;
                }
                var since = known.AwaySince ?? now;
                var due = since + overAfter(known.Target);
                if (due <= now)
                {
                    change.Gone.Add(known.Target);
                    change.Signals.Add(Resolved(known, since, now));
                    continue;
                }
                if (known.AwaySince is null) change.Put.Add(known with { OutOfSight = true, AwaySince = now });
                change.LookAgain.Add((known.Target, due));
            }
        }
        return change;
    }

    /// <summary>The signals of a change are stored.</summary>
    internal void Commit(TroubleChange change)
    {
        lock (gate)
        {
            foreach (var trouble in change.Put) standing[trouble.Target] = trouble;
            foreach (var target in change.Gone) standing.Remove(target);
        }
    }

    private Signal Firing(Trouble trouble, CauseFinding finding, DateTimeOffset now) => Begin(trouble, SignalStatus.Firing, now) with
    {
        Severity = finding.Severity,
        Summary = finding.Summary,
        Annotations = new Dictionary<string, string>
        {
            ["shownAt"] = trouble.StartsAt.ToString("O", CultureInfo.InvariantCulture),
            ["noticedAt"] = now.ToString("O", CultureInfo.InvariantCulture),
            ["confidence"] = finding.Confidence.ToString("0.00", CultureInfo.InvariantCulture),
        },
    };

    private Signal Resolved(Trouble trouble, DateTimeOffset since, DateTimeOffset now) =>
        Begin(trouble, SignalStatus.Resolved, now) with { EndsAt = since > trouble.StartsAt ? since : trouble.StartsAt, Summary = $"{trouble.Cause} of {trouble.Target} is over." };

    private Signal Begin(Trouble trouble, SignalStatus status, DateTimeOffset now) => new()
    {
        Id = new SignalId(ids.Next()),
        Source = Signal.OperatorSource,
        Fingerprint = trouble.FingerprintIn(cluster),
        Status = status,
        Name = trouble.Cause,
        StartsAt = trouble.StartsAt,
        ReceivedAt = now,
        Labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cause"] = trouble.Cause,
            ["namespace"] = trouble.Target.Namespace,
            [TargetLabel] = new Target(cluster, trouble.Target.Namespace, trouble.Target.Kind, trouble.Target.Name).Key,
        },
    };
}

/// <summary>What a look at a namespace changes in the book.</summary>
internal sealed class TroubleChange
{
    internal List<Signal> Signals { get; } = [];

    internal List<Trouble> Put { get; } = [];

    internal List<ObjectRef> Gone { get; } = [];

    internal List<(ObjectRef Target, DateTimeOffset Due)> LookAgain { get; } = [];

    internal int Dropped { get; set; }
}
