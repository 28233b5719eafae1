namespace Prunella.Kubernetes.Connection;

/// <summary>How a request to the API failed.</summary>
public enum ClusterFailure
{
    /// <summary>No connection could be made; the request was not sent.</summary>
    Unreachable,

    /// <summary>The connection was lost or too slow after sending; a change may or may not have happened.</summary>
    Lost,

    /// <summary>401 or 403: the permission is missing.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>409: the object is another or newer one, or exists already.</summary>
    Conflict,

    /// <summary>410: the page or version asked for is no longer kept.</summary>
    Gone,

    /// <summary>429 by a disruption budget.</summary>
    DisruptionBudget,

    /// <summary>429 by overload, also after repeating.</summary>
    Overloaded,

    /// <summary>400, 405, 415, 422 and other refusals of this very request.</summary>
    Refused,

    /// <summary>5xx; a change may or may not have happened.</summary>
    ServerError,

    /// <summary>The answer is larger than is read.</summary>
    TooLarge,

    /// <summary>The request was not sent: this replica does not hold the lease.</summary>
    NotLeading,
}

/// <summary>A request to the Kubernetes API failed. The message names verb, resource, answer and what to do.</summary>
public sealed class ClusterApiException : Exception
{
    internal ClusterApiException(ClusterFailure failure, string verb, string resource, string message, int? status = null, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Verb = verb;
        Resource = resource;
        Status = status;
    }

    /// <summary>How it failed.</summary>
    public ClusterFailure Failure { get; }

    /// <summary>The verb as permissions name it: <c>get</c>, <c>list</c>, <c>patch</c>, <c>create</c>, <c>delete</c>.</summary>
    public string Verb { get; }

    /// <summary>The resource as permissions name it: <c>deployments.apps</c>.</summary>
    public string Resource { get; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; }

    /// <summary>How long the server asked to wait; zero when it did not say.</summary>
    public TimeSpan RetryAfter { get; internal init; }

    /// <summary>Whether asking again later may help.</summary>
    public bool Transient => Failure is ClusterFailure.Unreachable or ClusterFailure.Lost or ClusterFailure.Overloaded or ClusterFailure.ServerError;

    /// <summary>Whether a change that was asked for may have happened all the same.</summary>
    public bool MayHaveHappened => Failure is ClusterFailure.Lost or ClusterFailure.ServerError;
}
