using Azure.Core;

namespace Prunella.Integrations.Secrets;

/// <summary>How stores of secrets are reached.</summary>
public sealed record SecretReaderOptions
{
    /// <summary>How long a secret read from a store stands before it is read again.</summary>
    /// <value>Default 5 minutes.</value>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a store may take to answer.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Another address of AWS Secrets Manager, for private endpoints; null for the region's own.</summary>
    public Uri? AwsEndpoint { get; init; }

    /// <summary>How Azure is told who asks; null for the environment, workload identity or managed identity.</summary>
    public TokenCredential? AzureCredential { get; init; }
}
