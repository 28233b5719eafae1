using Prunella.Integrations.Secrets;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning;

/// <summary>Keys of providers, from wherever secrets are kept.</summary>
internal sealed class SecretCredentials(SecretReader secrets) : ICredentialSource
{
    public async ValueTask<string> ReadAsync(string reference, CancellationToken cancellation)
    {
        if (!SecretReference.TryParse(reference, out var parsed)) throw new ModelUnavailableException(ModelFault.NoCredential, $"a credential has to be one of {SecretReference.Forms}");
        try
        {
            return await secrets.ReadAsync(parsed, cancellation);
        }
        catch (SecretUnavailableException unreadable)
        {
            throw new ModelUnavailableException(ModelFault.NoCredential, unreadable.Message, inner: unreadable);
        }
    }
}
