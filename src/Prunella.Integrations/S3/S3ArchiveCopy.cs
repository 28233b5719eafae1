using System.Net;
using System.Security.Cryptography;
using Prunella.Integrations.Aws;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.S3;

/// <summary>
/// Copies files to an S3-compatible store, each under its name, and only what is not there already: an object tells the SHA-256 of its
/// file, so a file that was written anew is copied anew. A copy counts when the store says that it has it.
/// </summary>
public sealed class S3ArchiveCopy : IDisposable
{
    private const string HashHeader = "x-amz-meta-sha256";
    private const int AnswerBytesMax = 1 << 20;
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly S3ArchiveOptions options;
    private readonly TimeProvider time;
    private readonly HttpLane lane;

    /// <summary>Makes it; nothing is sent yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public S3ArchiveCopy(S3ArchiveOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems("logs:sinks:s3"));
        (this.options, this.time) = (options, time);
        lane = new HttpLane(options.Timeout, AnswerBytesMax, options.AuthorityFile);
    }

    /// <summary>Copies a file unless the store has it as it is.</summary>
    /// <returns>Why it is not there, to be tried again; null when it is there.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<string?> TryCopyAsync(string path, CancellationToken cancellation)
    {
        string hash;
        await using (var file = File.OpenRead(path)) hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
        var name = Path.GetFileName(path);
        var known = await SendAsync(() => Request(HttpMethod.Head, name), EmptyHash, cancellation).ConfigureAwait(false);
        if (known.Status == HttpStatusCode.OK && known.Headers is { } headers && headers.TryGetValues(HashHeader, out var hashes) && hashes.Contains(hash)) return null;
        if (known.Status is not (HttpStatusCode.OK or HttpStatusCode.NotFound)) return Why(known);
        var copied = await SendAsync(() =>
        {
            var request = Request(HttpMethod.Put, name);
            request.Content = new StreamContent(File.OpenRead(path));
            request.Headers.TryAddWithoutValidation(HashHeader, hash);
            return request;
        }, hash, cancellation).ConfigureAwait(false);
        return copied.Success ? null : Why(copied);
    }

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    private static string Why(HttpAnswer answer) => answer.Complete ? $"{(int)answer.Status}: {answer.Line()}" : answer.Failure;

    private HttpRequestMessage Request(HttpMethod method, string name)
    {
        var root = options.Url!.AbsoluteUri.TrimEnd('/');
        return new HttpRequestMessage(method, new Uri($"{root}/{options.Bucket}/{options.Prefix.TrimStart('/')}{Uri.EscapeDataString(name)}"));
    }

    private async Task<HttpAnswer> SendAsync(Func<HttpRequestMessage> make, string hash, CancellationToken cancellation)
    {
        try
        {
            using var request = make();
            var secret = options.SecretKeyFile.Length > 0 ? (await File.ReadAllTextAsync(options.SecretKeyFile, cancellation).ConfigureAwait(false)).Trim() : options.SecretKey;
            AwsSignature.Apply(request, hash, options.AccessKey, secret, options.Region, "s3", time.GetUtcNow());
            return await lane.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (IOException away)
        {
            return HttpAnswer.Failed(away.Message, reached: false);
        }
    }
}
