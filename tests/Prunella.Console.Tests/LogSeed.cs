using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Logs.Pipeline;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Two hours of a shop's logs, with what people look for in them: a pattern that is new, one that spikes, secrets, and text that wants to be more than text.</summary>
internal static class LogSeed
{
    internal const string Address = "ana.lopez@example.com";
    internal const string Secret = "hunter2-of-ana";
    private const int Minutes = 120;

    internal static IEnumerable<KeyValuePair<string, string?>> Configuration(string folder) =>
        [new("logs:ingest:folder", Path.Combine(folder, "logs")), new("logs:pipeline:archiveAfterSeconds", "1"), new("logs:signals:enabled", "false")];

    internal static async Task SowAsync(RunningServer server)
    {
        var text = new StringBuilder();
        var lines = 0;
        var random = new Random(7);
        var newest = TimeProvider.System.GetUtcNow().AddSeconds(-5);
        for (var minute = Minutes; minute >= 0; minute--)
        {
            void Say(double second, string level, string service, string message)
            {
                text.Append(CultureInfo.InvariantCulture, $"{newest.AddMinutes(-minute).AddSeconds(second - 59):yyyy-MM-ddTHH:mm:ss.fffZ} {level} [{service}] {message}\n");
                lines++;
            }
            for (var one = 0; one < 14; one++)
            {
                Say(one * 4, "INFO", "checkout", $"order {random.Next(10_000, 99_999)} placed in {random.Next(20, 180)} ms");
                Say(one * 4 + 1, "INFO", "gateway", $"GET /api/v1/products/{random.Next(1, 900)} 200 in {random.Next(3, 40)} ms");
            }
            Say(57, "DEBUG", "catalog", $"cache holds {random.Next(8_000, 9_000)} keys, {random.Next(80, 99)} % hits");
            if (minute % 6 == 0) Say(57.2, "WARN", "gateway", $"slow answer from checkout: {random.Next(1_500, 4_000)} ms");
            if (minute % 10 == 0) Say(57.4, "INFO", "auth", $"signed in {Address} from 10.0.3.{random.Next(2, 250)} password={Secret}");
            for (var one = 0; one < (minute < 20 ? 6 : minute % 9 == 0 ? 1 : 0); one++) Say(58 + one * 0.1, "ERROR", "payment", $"connection refused to 10.0.7.{random.Next(2, 9)}:5432 after {random.Next(2_900, 3_100)} ms");
            if (minute is < 12 and > 8) Say(58.8, "WARN", "catalog", $"cache emptied: {random.Next(400, 900)} keys lost in {random.Next(2, 9)} s");
            if (minute == 4) Say(58.9, "ERROR", "evil", $"{Seed.Markup}\u202Edesrever\u001b[31m {new string('x', 1_000_000)}");
        }
        await ArchiveAsync(server, text.ToString(), lines);
    }

    /// <summary>Brings lines, and waits until they are archived.</summary>
    internal static async Task ArchiveAsync(RunningServer server, string text, int lines)
    {
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        var before = pipeline.Archived;
        pipeline.TryAccept(Encoding.UTF8.GetBytes(text)).ShouldBeTrue();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        while (pipeline.Archived < before + lines) await Task.Delay(50, patience.Token);
    }
}
