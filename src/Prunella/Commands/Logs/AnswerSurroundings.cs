using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Logs.Questions;

namespace Prunella.Commands.Logs;

/// <summary>Adds to an answer what a server knows of the same time: rollouts, actions, alerts, incidents.</summary>
internal static class AnswerSurroundings
{
    // What was rolled out shows in logs within minutes.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SpanMax = TimeSpan.FromDays(31);

    /// <summary>The answer with its changes where a server is named and lines have times; as it is otherwise. A server that is away is said, and no failure.</summary>
    internal static async Task<QuestionAnswer> AddAsync(ParseResult parsed, LogQuestion question, QuestionAnswer answer, CancellationToken cancellation)
    {
        var named = parsed.GetValue(ServerConnection.ServerOption) is not null || Environment.GetEnvironmentVariable("PRUNELLA_SERVER") is { Length: > 0 };
        if (!named || answer is not { FirstAt: { } first, LastAt: { } last }) return answer;
        var until = (question.Until ?? last) + TimeSpan.FromSeconds(1);
        var since = (question.Since is { } asked && asked < first ? asked : first) - Before;
        if (until - since > SpanMax) since = until - SpanMax;
        try
        {
            using var server = ServerConnection.Open(parsed);
            var view = await server.GetAsync<ChangesView>($"api/v1/changes?since={Time(since)}&until={Time(until)}", cancellation);
            foreach (var unread in view.Unread) parsed.Say($"not read: {unread}");
            return (answer with { Changes = view.Changes }).InWords(question);
        }
        catch (CommandFailedException failure)
        {
            parsed.Say($"What changed at the same time is not known: {failure.Message}");
            return answer;
        }
    }

    private static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
