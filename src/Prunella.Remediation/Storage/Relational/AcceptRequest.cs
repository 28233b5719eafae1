using Prunella.Incidents;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>One call of accept, ready to be written. Serialised on the caller's thread, so the writer only writes.</summary>
internal sealed class AcceptRequest
{
    private readonly TaskCompletionSource<int> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AcceptRequest(IReadOnlyList<Signal> signals)
    {
        Ids = new string[signals.Count];
        Identities = new string[signals.Count];
        Documents = new string[signals.Count];
        for (var index = 0; index < signals.Count; index++)
        {
            Ids[index] = signals[index].Id.ToString();
            Identities[index] = SignalKey.Of(signals[index]);
            Documents[index] = StoreJson.Write(signals[index]);
        }
    }

    public string[] Ids { get; }

    public string[] Identities { get; }

    public string[] Documents { get; }

    /// <summary>How many signals were new, once they are durable.</summary>
    public Task<int> Completion => completion.Task;

    public void Succeed(int added) => completion.TrySetResult(added);

    public void Fail(Exception exception) => completion.TrySetException(exception);
}
