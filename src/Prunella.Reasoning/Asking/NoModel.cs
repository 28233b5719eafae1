namespace Prunella.Reasoning.Asking;

/// <summary>The reasoner of a site without models.</summary>
public sealed class NoModel : IReasoner
{
    /// <summary>What is said where a model would have helped.</summary>
    public const string Text = "no model is configured; this is Prunella's built-in reasoning";

    /// <inheritdoc/>
    public string Unavailable => Text;

    /// <inheritdoc/>
    public Task<ModelAnswer<T>> AskAsync<T>(ModelQuestion<T> question, CancellationToken cancellation) where T : class => Task.FromResult(new ModelAnswer<T>(null, Text));
}
