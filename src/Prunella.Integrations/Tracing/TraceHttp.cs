using System.Net;

namespace Prunella.Integrations.Tracing;

/// <summary>A tracing system that could not be asked, or did not answer as it should.</summary>
public sealed class TraceBackendException(string message, HttpStatusCode? status = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The status answered, or null when there was no answer.</summary>
    public HttpStatusCode? Status { get; } = status;
}

/// <summary>GET with bounds: attempts, time, bytes. The body goes to a temporary file, so a gigabyte costs no memory.</summary>
internal sealed class TraceHttp(HttpClient http, string system, int attemptsMax, TimeSpan retryDelay, TimeSpan timeout, long bytesMax, TimeProvider time)
{
    /// <summary>The body, at its start, in a file that is gone when closed; null for the statuses in <paramref name="absent"/>.</summary>
    /// <exception cref="TraceBackendException">No attempt was answered well.</exception>
    public async Task<FileStream?> GetAsync(Uri uri, string? token, HttpStatusCode[] absent, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await GetOnceAsync(uri, token, absent, cancel).ConfigureAwait(false);
            }
            catch (TraceBackendException failure) when (attempt < attemptsMax && IsPassing(failure.Status))
            {
                await Task.Delay(retryDelay * Math.Pow(2, attempt - 1), time, cancel).ConfigureAwait(false);
            }
        }
    }

    private static bool IsPassing(HttpStatusCode? status) => status is null or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private async Task<FileStream?> GetOnceAsync(Uri uri, string? token, HttpStatusCode[] absent, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Accept.ParseAdd("application/json");
            if (token is not null)
                request.Headers.Authorization = new("Bearer", token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (absent.Contains(response.StatusCode))
                return null;
            if (!response.IsSuccessStatusCode)
                throw new TraceBackendException($"{system} answered {(int)response.StatusCode} to {uri}: {await Excerpt(response, either.Token).ConfigureAwait(false)}", response.StatusCode);
            return await SpoolAsync(response, uri, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new TraceBackendException($"{system} did not answer {uri} within {timeout.TotalSeconds:0} s.", null, late);
        }
        catch (HttpRequestException broken)
        {
            throw new TraceBackendException($"{system} cannot be reached at {uri}: {broken.Message}", null, broken);
        }
        catch (HttpIOException broken)
        {
            throw new TraceBackendException($"{system} broke off its answer to {uri}: {broken.Message}", null, broken);
        }
    }

    private async Task<FileStream> SpoolAsync(HttpResponseMessage response, Uri uri, CancellationToken cancel)
    {
        var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var buffer = new byte[1 << 16];
                for (long total = 0; ;)
                {
                    var count = await body.ReadAsync(buffer, cancel).ConfigureAwait(false);
                    if (count == 0)
                        break;
                    if ((total += count) > bytesMax)
                        throw new TraceBackendException($"{system}'s answer to {uri} is larger than {bytesMax} bytes; ask for a shorter time or fewer traces.", response.StatusCode);
                    await file.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
                }
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<string> Excerpt(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[300];
            var count = await body.ReadAtLeastAsync(buffer, buffer.Length, false, cancel).ConfigureAwait(false);
            return count == 0 ? response.ReasonPhrase ?? "no reason given" : System.Text.Encoding.UTF8.GetString(buffer, 0, count).ReplaceLineEndings(" ").Trim();
        }
    }
}
