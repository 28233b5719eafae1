using System.Net;
using System.Net.Http.Headers;

namespace Prunella.Reasoning.Providers;

/// <summary>
/// Stands between an SDK and the network: sets the key as it is now, reads the whole answer within bounds, and turns what is no
/// answer into a <see cref="ModelUnavailableException"/>, so that all SDKs fail alike.
/// </summary>
internal sealed class ProviderHandler(string name, ProviderOptions options, ICredentialSource credentials, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await AuthoriseAsync(request, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException away)
        {
            throw new ModelUnavailableException(ModelFault.Unreachable, $"{name} cannot be reached at {options.Address.GetLeftPart(UriPartial.Authority)}: {away.HttpRequestError}", inner: away);
        }
        try
        {
            if (!response.IsSuccessStatusCode) throw Refusal(response);
            if (response.Content.Headers.ContentLength > options.AnswerBytesMax) throw TooLong();
            await response.Content.LoadIntoBufferAsync(options.AnswerBytesMax, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch (HttpRequestException broken)
        {
            response.Dispose();
            if (broken.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded) throw TooLong();
            throw new ModelUnavailableException(ModelFault.Unreachable, $"{name} broke off its answer: {broken.HttpRequestError}", inner: broken);
        }
        catch (Exception failure) when (failure is IOException or ModelUnavailableException)
        {
            response.Dispose();
            throw failure as ModelUnavailableException ?? new ModelUnavailableException(ModelFault.Unreachable, $"{name} broke off its answer", inner: failure);
        }
    }

    private async Task AuthoriseAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        foreach (var header in (string[])["x-api-key", "api-key", "Authorization"]) request.Headers.Remove(header);
        if (options.Credential.Length == 0) return;
        var key = await credentials.ReadAsync(options.Credential, cancellation).ConfigureAwait(false);
        if (key.AsSpan().ContainsAnyInRange('\0', ' ') || key.AsSpan().ContainsAnyExceptInRange('!', '~')) throw new ModelUnavailableException(ModelFault.NoCredential, $"the key of {name} holds characters that no key has");
        switch (options.Kind)
        {
            case ProviderKind.Anthropic: request.Headers.TryAddWithoutValidation("x-api-key", key); break;
            case ProviderKind.Azure: request.Headers.TryAddWithoutValidation("api-key", key); break;
            default: request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key); break;
        }
    }

    // What the provider says of the error may quote the request: only the status is kept.
    private ModelUnavailableException Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var fault = status switch
        {
            401 or 403 => ModelFault.NotEntitled,
            429 => ModelFault.Limited,
            408 or >= 500 => ModelFault.Overloaded,
            _ => ModelFault.Refused,
        };
        var said = fault switch
        {
            ModelFault.NotEntitled => "does not accept the key",
            ModelFault.Limited => "limits its calls",
            ModelFault.Overloaded => "is overloaded or broken",
            _ => status == (int)HttpStatusCode.NotFound ? "does not know the model or the address" : "refuses the request",
        };
        return new ModelUnavailableException(fault, $"{name} {said} ({status})", status, RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private ModelUnavailableException TooLong() => new(ModelFault.Unreadable, $"the answer of {name} is longer than {options.AnswerBytesMax} bytes");
}
