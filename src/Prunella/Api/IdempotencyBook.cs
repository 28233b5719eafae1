using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Prunella.Auth;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>What was answered to a request that carried an idempotency key.</summary>
internal sealed record RememberedAnswer(string Key, string BodyHash, int Status, JsonElement Body, DateTimeOffset At);

/// <summary>
/// Answers a repeated request as it was answered the first time. Kept in a fixed number of places, so an old answer is
/// forgotten when another takes its place; then the request is carried out again, which every such request bears.
/// </summary>
internal sealed class IdempotencyBook(IRemediationStore store, TimeProvider time)
{
    internal const string Header = "Idempotency-Key";
    private const int Places = 4_096;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>Carries a request out once for each key of each person.</summary>
    internal async Task<IResult> OnceAsync<T>(HttpContext context, object body, Func<Task<(int Status, T Answer)?>> act, Func<IResult> refused)
    {
        var given = context.Request.Headers[Header].ToString();
        if (given.Length == 0) return await act() is { } plain ? Results.Json(plain.Answer, statusCode: plain.Status) : refused();
        if (given.Length > 255) return Answers.Bad($"{Header} may have at most 255 characters.");
        var key = TokenSecret.Hash($"{context.Person().Name}\n{context.Request.Method} {context.Request.Path}\n{given}");
        var bodyHash = TokenSecret.Hash(JsonSerializer.Serialize(body, body.GetType()));
        var place = $"idempotency/{XxHash3.HashToUInt64(Encoding.ASCII.GetBytes(key)) % Places}";
        var kept = await store.ReadSettingAsync(place, context.RequestAborted);
        if (kept is not null && JsonSerializer.Deserialize<RememberedAnswer>(kept.Value) is { } known && known.Key == key && time.GetUtcNow() - known.At < KeptFor)
        {
            return known.BodyHash == bodyHash
                ? Results.Json(known.Body, statusCode: known.Status)
                : Results.Problem(statusCode: 422, title: "The idempotency key was used for another request", detail: "Give each request a key of its own.");
        }
        if (await act() is not { } fresh) return refused();
        var answer = JsonSerializer.SerializeToElement(fresh.Answer, context.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions);
        await KeepAsync(place, kept?.Version ?? 0, new RememberedAnswer(key, bodyHash, fresh.Status, answer, time.GetUtcNow()), context.RequestAborted);
        return Results.Json(answer, statusCode: fresh.Status);
    }

    private async Task KeepAsync(string place, int version, RememberedAnswer answer, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(new StoreChange { Settings = [new Setting(place, JsonSerializer.Serialize(answer), version)] }, cancellation);
        }
        catch (StaleVersionException)
        {
            // Another request took the place; this one was carried out all the same.
        }
    }
}
