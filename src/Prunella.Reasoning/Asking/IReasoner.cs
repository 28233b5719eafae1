namespace Prunella.Reasoning.Asking;

/// <summary>Asks models, or says why none was asked. Never throws for what a model, a provider or a budget does. Thread-safe.</summary>
public interface IReasoner
{
    /// <summary>Why no model can be asked; empty when one can.</summary>
    string Unavailable { get; }

    /// <summary>Asks.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<ModelAnswer<T>> AskAsync<T>(ModelQuestion<T> question, CancellationToken cancellation) where T : class;
}
