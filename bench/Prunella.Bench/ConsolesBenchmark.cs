using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Bench;

// 50 consoles, each drawn at most four times a second, are 200 drawings/s: on one core 5 ms each, the whole way from the board to the socket.

/// <summary>
/// Open consoles on the first page while alerts arrive over the webhook; once a second a critical one for a workload of its own, whose name is waited
/// for in what the server draws on every console. The server is a process of its own on SQLite, in shadow; consoles and alerts share its machine.
/// </summary>
internal static class ConsolesBenchmark
{
    private const string Token = "a-person-of-the-benchmark";
    private const string HookToken = "a-sender-of-the-benchmark";
    private const int Targets = 200;
    private const int PostsPerSecond = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var program = arguments.FirstOrDefault(argument => argument.EndsWith(".dll", StringComparison.Ordinal)) ?? "artifacts/prunella/prunella.dll";
        var numbers = arguments.Where(argument => int.TryParse(argument, CultureInfo.InvariantCulture, out _)).Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToList();
        var (consoles, perSecond, seconds) = (numbers.ElementAtOrDefault(0) is > 0 and var many ? many : 50, numbers.ElementAtOrDefault(1) is > 0 and var fast ? fast : 1_000, numbers.ElementAtOrDefault(2) is > 0 and var longer ? longer : 60);
        if (!File.Exists(program))
        {
            await System.Console.Error.WriteLineAsync($"{program} is missing: run ./prunella version once, at the root of the checkout.");
            return 2;
        }
        var folder = Directory.CreateTempSubdirectory("prunella-consoles-").FullName;
        var address = $"http://127.0.0.1:{StartBenchmark.FreePort()}";
        await File.WriteAllTextAsync(Path.Combine(folder, "prunella.yaml"), $"auth: {{ tokens: [{{ name: bench, role: Admin, sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))} }}] }}\nwebhooks: {{ bearerTokens: [{HookToken}] }}\n");
        using var server = Process.Start(new ProcessStartInfo("dotnet", [program, "serve", "--config", Path.Combine(folder, "prunella.yaml"), "--data", folder, "--urls", address]) { RedirectStandardError = true, Environment = { ["DOTNET_GCGen0MaxBudget"] = "600000" } })!;
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        try
        {
            using var handler = new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false };
            using var http = new HttpClient(handler) { BaseAddress = new Uri(address) };
            await ReadyAsync(http);
            await MeasureAsync(server, http, consoles, perSecond, seconds);
            return 0;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(Process server, HttpClient http, int consoles, int perSecond, int seconds)
    {
        var cookie = await SignInAsync(http);
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        var idle = Rss(server);
        var posted = new ConcurrentDictionary<int, long>();
        var noticed = new ConcurrentDictionary<int, long>();
        var late = new ConcurrentDictionary<(int Console, int Beat), long>();
        using var over = new CancellationTokenSource();
        var clients = new List<CircuitClient>();
        var running = new List<Task>();
        for (var index = 0; index < consoles; index++)
        {
            var console = index;
            var client = await CircuitClient.OpenAsync(http, cookie, "/", batch => Look(batch, console, posted, late), over.Token);
            clients.Add(client);
            running.Add(client.RunAsync(over.Token));
        }
        await UntilAsync(() => clients.TrueForAll(client => client.Batches > 0 || client.Fault.Length > 0), "every console to be drawn");
        var open = Rss(server);
        var (cpuBefore, begin, peak) = (server.TotalProcessorTime, Stopwatch.GetTimestamp(), open);
        var accepted = 0L;
        using var alerts = new HttpClient { BaseAddress = http.BaseAddress, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", HookToken) } };
        using var person = new HttpClient { BaseAddress = http.BaseAddress, Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        var happened = 0L;
        running.Add(ListenAsync(person, noticed, () => Interlocked.Increment(ref happened), over.Token));
        var posts = new List<Task>();
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PostsPerSecond), TimeProvider.System);
        for (var post = 0; post < seconds * PostsPerSecond; post++)
        {
            await ticks.WaitForNextTickAsync(CancellationToken.None);
            var beat = post % PostsPerSecond == 0 ? post / PostsPerSecond + 1 : 0;
            posts.Add(PostAsync(alerts, post, perSecond / PostsPerSecond, beat, posted, count => Interlocked.Add(ref accepted, count)));
            peak = Math.Max(peak, Rss(server));
        }
        await Task.WhenAll(posts);
        var took = Stopwatch.GetElapsedTime(begin);
        var cpu = server.TotalProcessorTime - cpuBefore;
        var events = Interlocked.Read(ref happened);
        await UntilAsync(() => late.Count >= posted.Count * consoles, "every console to show every alert that is waited for", fails: false);
        peak = Math.Max(peak, Rss(server));
        await over.CancelAsync();
        await Task.WhenAll(running);
        var times = late.Select(seen => Milliseconds(posted[seen.Key.Beat], seen.Value)).Order().ToList();
        var shown = late.Where(seen => noticed.ContainsKey(seen.Key.Beat)).Select(seen => Math.Max(0, Milliseconds(noticed[seen.Key.Beat], seen.Value))).Order().ToList();
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{consoles} consoles, {accepted} alerts accepted in {took.TotalSeconds:0.0} s ({accepted / took.TotalSeconds:0}/s), {events / took.TotalSeconds:0} events/s told, {Environment.ProcessorCount} cores shared with consoles and alerts, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
        System.Console.WriteLine("| event to console p50 ms | p99 ms | max ms | alert to console p50 ms | p99 ms | max ms | seen of | RSS before MB | consoles open MB | peak MB | server CPU s | batches a console and s | MB sent | broken |");
        System.Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {At(shown, 0.5):0} | {At(shown, 0.99):0} | {At(shown, 1):0} | {At(times, 0.5):0} | {At(times, 0.99):0} | {At(times, 1):0} | {times.Count} of {posted.Count * consoles} | {idle >> 20} | {open >> 20} | {peak >> 20} | {cpu.TotalSeconds:0.0} | {clients.Average(client => client.Batches) / took.TotalSeconds:0.0} | {clients.Sum(client => client.Bytes) >> 20} | {clients.Count(client => client.Fault.Length > 0)} |"));
        foreach (var fault in clients.Select(client => client.Fault).Where(fault => fault.Length > 0).Distinct().Take(3)) System.Console.WriteLine(fault);
        foreach (var client in clients) await client.DisposeAsync();
    }

    // "beat-000012-" anywhere in what is drawn: names of targets stand in the batch as UTF-8.
    private static void Look(ReadOnlyMemory<byte> batch, int console, ConcurrentDictionary<int, long> posted, ConcurrentDictionary<(int, int), long> late)
    {
        var rest = batch.Span;
        while (rest.IndexOf("beat-"u8) is >= 0 and var at && rest.Length >= at + 11)
        {
            var digits = rest.Slice(at + 5, 6);
            rest = rest[(at + 11)..];
            if (int.TryParse(digits, CultureInfo.InvariantCulture, out var beat) && posted.ContainsKey(beat)) late.TryAdd((console, beat), Stopwatch.GetTimestamp());
        }
    }

    // The server's own news of the same alerts: what is left between them and a console is the console's part.
    private static async Task ListenAsync(HttpClient http, ConcurrentDictionary<int, long> noticed, Action told, CancellationToken cancellation)
    {
        try
        {
            using var news = new StreamReader(await http.GetStreamAsync(new Uri("/api/v1/events", UriKind.Relative), cancellation));
            while (await news.ReadLineAsync(cancellation) is { } line)
            {
                if (line.StartsWith("event: incident", StringComparison.Ordinal)) told();
                var at = line.IndexOf("beat-", StringComparison.Ordinal);
                if (at >= 0 && line.Length >= at + 11 && int.TryParse(line.AsSpan(at + 5, 6), CultureInfo.InvariantCulture, out var beat)) noticed.TryAdd(beat, Stopwatch.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private static async Task PostAsync(HttpClient http, int post, int count, int beat, ConcurrentDictionary<int, long> posted, Action<int> accepted)
    {
        var at = TimeProvider.System.GetUtcNow();
        var alerts = Enumerable.Range(0, count).Select(index => Alert("BenchTrouble", $"app-{(post * count + index) % Targets}", "warning", $"{post}-{index}", at)).ToList();
        if (beat > 0)
        {
            alerts[0] = Alert("BenchBeat", $"beat-{beat:000000}-", "critical", $"beat-{beat}", at);
            posted[beat] = Stopwatch.GetTimestamp();
        }
        using var answer = await http.PostAsJsonAsync("/webhooks/alertmanager", new { version = "4", status = "firing", alerts });
        if (answer.IsSuccessStatusCode) accepted(count);
    }

    private static object Alert(string name, string deployment, string severity, string fingerprint, DateTimeOffset at) => new
    {
        status = "firing", fingerprint, startsAt = at, labels = new Dictionary<string, string> { ["alertname"] = name, ["namespace"] = "bench", ["deployment"] = deployment, ["severity"] = severity },
        annotations = new Dictionary<string, string> { ["summary"] = $"trouble of {deployment}" },
    };

    private static async Task<string> SignInAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", Token)]) };
        request.Headers.Add("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await http.SendAsync(request);
        return answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("prunella=", StringComparison.Ordinal)).Split(';')[0];
    }

    private static async Task ReadyAsync(HttpClient http)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!await StartBenchmark.IsReadyAsync(http))
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience) throw new TimeoutException("The server did not get ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what, bool fails = true)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > (fails ? Patience : TimeSpan.FromSeconds(15)))
            {
                if (fails) throw new TimeoutException($"Waited {Patience.TotalMinutes} minutes for {what}.");
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];

    private static long Rss(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
