using Microsoft.AspNetCore.Diagnostics;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>Answers 503 when the store is away, wherever that was noticed.</summary>
internal sealed class StoreAwayHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not StoreUnavailableException) return false;
        httpContext.Response.Headers.RetryAfter = "5";
        await Results.Problem(statusCode: 503, title: "The store cannot be used now", detail: "Nothing was changed by this request. Retry-After says when to try again.").ExecuteAsync(httpContext);
        return true;
    }
}
