namespace Prunella.Remediation.Storage.Relational;

// Each record is a JSON document; the columns beside it are what is searched by. Times are UTC ticks (100 ns), ids 32 hex digits,
// flags 0 or 1: the same in SQLite and PostgreSQL, so that one SQL serves both.

internal sealed class SignalRow
{
    public long Sequence { get; set; }
    public string Id { get; set; } = "";
    public string Identity { get; set; } = "";
    public int Assigned { get; set; }
    public string? Incident { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class IncidentRow
{
    public string Id { get; set; } = "";
    public string TargetKey { get; set; } = "";
    public string Family { get; set; } = "";
    public string Namespace { get; set; } = "";
    public int Ended { get; set; }

    /// <summary>The number of <see cref="Incidents.Severity"/>.</summary>
    public int Severity { get; set; }

    public long? WakeAt { get; set; }
    public long NoticedAt { get; set; }
    public int Version { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class ExecutionRow
{
    public string Id { get; set; } = "";
    public string TargetKey { get; set; } = "";
    public string Action { get; set; } = "";
    public string ClusterNamespace { get; set; } = "";
    public long StartedAt { get; set; }
    public int Finished { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class ApprovalRow
{
    public string Id { get; set; } = "";
    public string Digest { get; set; } = "";
    public int Pending { get; set; }
    public long RequestedAt { get; set; }
    public int Version { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class DecisionRow
{
    public string Digest { get; set; } = "";
    public string Scope { get; set; } = "";
    public long DecidedAt { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class SettingRow
{
    public string Key { get; set; } = "";
    public int Version { get; set; }
    public string Document { get; set; } = "";
}

internal sealed class TargetLockRow
{
    public string TargetKey { get; set; } = "";
    public string Execution { get; set; } = "";
}

internal sealed class NoticeRow
{
    public string Key { get; set; } = "";
    public string Document { get; set; } = "";
}

internal sealed class DeliveryRow
{
    public long Sequence { get; set; }
    public string NoticeKey { get; set; } = "";
    public string Sink { get; set; } = "";
    public int Tries { get; set; }
    public long NextAt { get; set; }
}

internal sealed class LedgerRow
{
    public long Number { get; set; }

    /// <summary>Microseconds since 1970.</summary>
    public long At { get; set; }

    public string Kind { get; set; } = "";
    public string Subject { get; set; } = "";
    public string Actor { get; set; } = "";

    /// <summary>Canonical JSON, exactly what was hashed.</summary>
    public string Payload { get; set; } = "";

    public string KeyId { get; set; } = "";
    public string PreviousHash { get; set; } = "";
    public string Hash { get; set; } = "";
}

/// <summary>One row, with id 1: what the next entry links to. PostgreSQL locks it while a commit appends.</summary>
internal sealed class LedgerHeadRow
{
    public int Id { get; set; }
    public long Number { get; set; }
    public string Hash { get; set; } = "";
}
