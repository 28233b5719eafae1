using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Logs.Questions;

namespace Prunella.Commands.Logs;

/// <summary>Asks a server what changed: beside an answer what it knows of the same time, and for a question when things happened that its words name.</summary>
internal static class AnswerSurroundings
{
    // What was rolled out shows in logs within minutes.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SpanMax = TimeSpan.FromDays(31);

    private static readonly (string Kind, string[] Words)[] Happenings =
    [
        ("rollout", ["deployment", "deploy", "rollout", "release"]), ("incident", ["incident", "outage"]), ("alert", ["alert"]), ("action", ["action", "remediation"]),
    ];

    /// <summary>The vocabulary with when what the question names happened last, as a server knows it: "since the last deployment".</summary>
    internal static async Task<QuestionVocabulary> EventsAsync(ParseResult parsed, QuestionVocabulary vocabulary, string question, Func<DateTimeOffset> newest, CancellationToken cancellation)
    {
        var events = new Dictionary<string, DateTimeOffset>(vocabulary.Events, StringComparer.Ordinal);
        foreach (var (kind, words) in Happenings.Where(happening => happening.Words.Any(word => question.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            if (!IsNamed(parsed)) continue;
            var until = newest();
            try
            {
                using var server = ServerConnection.Open(parsed);
                var view = await server.GetAsync<ChangesView>($"api/v1/changes?since={Time(until - SpanMax)}&until={Time(until)}&kind={kind}", cancellation);
                if (view.Changes.Count == 0) continue;
                foreach (var word in words) events[word] = view.Changes[^1].At;
            }
            catch (CommandFailedException failure)
            {
                parsed.Say($"When the last {words[0]} was is not known: {failure.Message}");
            }
        }
        return vocabulary with { Events = events };
    }

    /// <summary>The answer with its changes where a server is named and lines have times; as it is otherwise. A server that is away is said, and no failure.</summary>
    internal static async Task<QuestionAnswer> AddAsync(ParseResult parsed, LogQuestion question, QuestionAnswer answer, CancellationToken cancellation)
    {
        if (!IsNamed(parsed) || answer is not { FirstAt: { } first, LastAt: { } last }) return answer;
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

    private static bool IsNamed(ParseResult parsed) => parsed.GetValue(ServerConnection.ServerOption) is not null || Environment.GetEnvironmentVariable("PRUNELLA_SERVER") is { Length: > 0 };

    private static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
