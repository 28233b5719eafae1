using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>A key that a test may change.</summary>
internal sealed class FixedCredential(string key) : ICredentialSource
{
    internal string Key { get; set; } = key;

    public ValueTask<string> ReadAsync(string reference, CancellationToken cancellation) =>
        Key.Length > 0 ? ValueTask.FromResult(Key) : throw new ModelUnavailableException(ModelFault.NoCredential, $"{reference} is empty or does not exist.");
}
