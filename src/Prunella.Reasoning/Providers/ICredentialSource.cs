namespace Prunella.Reasoning.Providers;

/// <summary>Reads the key that a provider's <see cref="ProviderOptions.Credential"/> names. Asked before every call, so that a changed key is used at once.</summary>
public interface ICredentialSource
{
    /// <summary>The key.</summary>
    /// <exception cref="ModelUnavailableException">With <see cref="ModelFault.NoCredential"/>: it cannot be read.</exception>
    ValueTask<string> ReadAsync(string reference, CancellationToken cancellation);
}
