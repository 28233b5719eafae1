namespace Prunella.Kubernetes.Watch;

/// <summary>How far an informer is.</summary>
internal enum InformerState
{
    /// <summary>The first list is not read yet.</summary>
    Starting,

    /// <summary>The list is read, and changes come as they happen.</summary>
    Synced,

    /// <summary>The API is away, or its history has a gap; what is known may be old.</summary>
    Behind,

    /// <summary>The role does not let this kind be read.</summary>
    Forbidden,

    /// <summary>This cluster does not serve the kind.</summary>
    Absent,
}
