using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Prunella.Integrations.Aws;

namespace Prunella.Integrations.Secrets;

/// <summary>
/// Reads secrets where they are kept, and again when they may have changed: variables and files at every use, stores after
/// <see cref="SecretReaderOptions.RefreshAfter"/>. While a store is away the secret last read stands. Thread-safe.
/// </summary>
/// <param name="options">How stores are reached.</param>
/// <param name="http">The client for the stores' HTTP APIs.</param>
/// <param name="time">The clock.</param>
/// <param name="environment">Looks up a variable; null for the process's own.</param>
public sealed class SecretReader(SecretReaderOptions options, HttpClient http, TimeProvider time, Func<string, string?>? environment = null)
{
    private const int SecretBytesMax = 65_536;
    private readonly ConcurrentDictionary<SecretReference, (string Secret, DateTimeOffset ReadAt)> read = new();

    /// <summary>The secret, without surrounding white space.</summary>
    /// <exception cref="SecretUnavailableException">It cannot be read, is empty, or larger than 64 KiB.</exception>
    public async ValueTask<string> ReadAsync(SecretReference reference, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Store == "env") return NotEmpty(reference, Variable(reference.Place));
        if (reference.Store == "file") return NotEmpty(reference, Field(reference, await FileAsync(reference, cancellation).ConfigureAwait(false)));
        var now = time.GetUtcNow();
        var known = read.TryGetValue(reference, out var last);
        if (known && now - last.ReadAt < options.RefreshAfter) return last.Secret;
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.Timeout);
            var secret = NotEmpty(reference, reference.Store switch
            {
                "azure-key-vault" => await AzureAsync(reference, limited.Token).ConfigureAwait(false),
                "vault" => await VaultAsync(reference, limited.Token).ConfigureAwait(false),
                "aws" => await AwsAsync(reference, now, limited.Token).ConfigureAwait(false),
                _ => throw new SecretUnavailableException($"{reference.Store} is no store of secrets; known are {SecretReference.Forms}."),
            });
            read[reference] = (secret, now);
            return secret;
        }
        catch (Exception away) when (!cancellation.IsCancellationRequested && away is HttpRequestException or OperationCanceledException or RequestFailedException or AuthenticationFailedException or JsonException or SecretUnavailableException)
        {
            if (known) return last.Secret;
            throw away as SecretUnavailableException ?? new SecretUnavailableException($"{reference.Store}:{reference.Place} cannot be read: {(away is OperationCanceledException ? $"no answer within {options.Timeout.TotalSeconds:0} s" : away.GetType().Name)}.", away);
        }
    }

    private string? Variable(string name) => environment is null ? Environment.GetEnvironmentVariable(name) : environment(name);

    private static async Task<string> FileAsync(SecretReference reference, CancellationToken cancellation)
    {
        try
        {
            if (new FileInfo(reference.Place) is { Exists: true, Length: > SecretBytesMax }) throw new SecretUnavailableException($"file:{reference.Place} is larger than 64 KiB.");
            return await File.ReadAllTextAsync(reference.Place, cancellation).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SecretUnavailableException($"file:{reference.Place} cannot be read: {unreadable.GetType().Name}.", unreadable);
        }
    }

    private async Task<string> AzureAsync(SecretReference reference, CancellationToken cancellation)
    {
        var address = new Uri(reference.Place);
        var client = new SecretClient(
            new Uri(address.GetLeftPart(UriPartial.Authority)), options.AzureCredential ?? new DefaultAzureCredential(),
            new SecretClientOptions { Transport = new HttpClientTransport(http), DisableChallengeResourceVerification = address.IsLoopback });
        var version = address.Segments.Length > 3 ? address.Segments[3].Trim('/') : null;
        return (await client.GetSecretAsync(address.Segments[2].Trim('/'), version, cancellation).ConfigureAwait(false)).Value.Value;
    }

    private async Task<string> VaultAsync(SecretReference reference, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, reference.Place);
        request.Headers.TryAddWithoutValidation("X-Vault-Token", NotEmpty(new SecretReference("env", "VAULT_TOKEN", ""), Variable("VAULT_TOKEN")));
        if (Variable("VAULT_NAMESPACE") is { Length: > 0 } scope) request.Headers.TryAddWithoutValidation("X-Vault-Namespace", scope);
        using var answer = await JsonAsync(request, reference, cancellation).ConfigureAwait(false);
        // Version 2 of the key-value engine wraps the fields once more.
        var data = answer.RootElement.TryGetProperty("data", out var outer) ? outer : default;
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("data", out var inner) && inner.ValueKind == JsonValueKind.Object) data = inner;
        return data.ValueKind == JsonValueKind.Object && data.TryGetProperty(reference.Field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : throw new SecretUnavailableException($"vault:{reference.Place} has no field {reference.Field}.");
    }

    private async Task<string> AwsAsync(SecretReference reference, DateTimeOffset now, CancellationToken cancellation)
    {
        var slash = reference.Place.IndexOf('/', StringComparison.Ordinal);
        var (region, name) = (reference.Place[..slash], reference.Place[(slash + 1)..]);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { SecretId = name });
        using var request = new HttpRequestMessage(HttpMethod.Post, options.AwsEndpoint ?? new Uri(string.Create(CultureInfo.InvariantCulture, $"https://secretsmanager.{region}.amazonaws.com/")));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "secretsmanager.GetSecretValue");
        if (Variable("AWS_SESSION_TOKEN") is { Length: > 0 } session) request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", session);
        var id = NotEmpty(new SecretReference("env", "AWS_ACCESS_KEY_ID", ""), Variable("AWS_ACCESS_KEY_ID"));
        var key = NotEmpty(new SecretReference("env", "AWS_SECRET_ACCESS_KEY", ""), Variable("AWS_SECRET_ACCESS_KEY"));
        AwsSignature.Apply(request, Convert.ToHexStringLower(SHA256.HashData(body)), id, key, region, "secretsmanager", now);
        using var answer = await JsonAsync(request, reference, cancellation).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("SecretString", out var value) && value.ValueKind == JsonValueKind.String
            ? Field(reference, value.GetString()!) : throw new SecretUnavailableException($"aws:{reference.Place} holds no text.");
    }

    private async Task<JsonDocument> JsonAsync(HttpRequestMessage request, SecretReference reference, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw new SecretUnavailableException($"{reference.Store}:{reference.Place} cannot be read: the store answered {(int)response.StatusCode}.");
        await response.Content.LoadIntoBufferAsync(SecretBytesMax * 2, cancellation).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<JsonDocument>(cancellation).ConfigureAwait(false) ?? throw new JsonException();
    }

    private static string Field(SecretReference reference, string secret)
    {
        if (reference.Field.Length == 0) return secret;
        try
        {
            using var fields = JsonDocument.Parse(secret);
            if (fields.RootElement.ValueKind == JsonValueKind.Object && fields.RootElement.TryGetProperty(reference.Field, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString()!;
        }
        catch (JsonException)
        {
            // Said below: the parser's own message could quote the secret.
        }
        throw new SecretUnavailableException($"{reference.Store}:{reference.Place} has no field {reference.Field}.");
    }

    private static string NotEmpty(SecretReference reference, string? secret)
    {
        var trimmed = secret?.Trim() ?? "";
        if (trimmed.Length == 0) throw new SecretUnavailableException($"{reference.Store}:{reference.Place} is empty or does not exist.");
        return Encoding.UTF8.GetByteCount(trimmed) <= SecretBytesMax ? trimmed : throw new SecretUnavailableException($"{reference.Store}:{reference.Place} is larger than 64 KiB.");
    }
}
