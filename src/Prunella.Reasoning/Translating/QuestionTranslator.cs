using System.Globalization;
using Prunella.Logs.Questions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using QuestionText = Prunella.Logs.Questions.QuestionText;

namespace Prunella.Reasoning.Translating;

/// <summary>A question as a model, or the grammar alone, understood it.</summary>
/// <param name="Question">The question as data.</param>
/// <param name="Model">The model that translated it; empty for the grammar.</param>
/// <param name="Note">Why no model did, where one would have been asked; empty otherwise.</param>
/// <param name="Dollars">What it cost.</param>
public sealed record ModelTranslation(LogQuestion Question, string Model, string Note, double Dollars);

/// <summary>
/// Asks a model where the grammar had to take words literally or to leave some out. What it writes is read as people's own queries are:
/// what cannot be read, or names services that do not exist, is refused, and the grammar's query stands.
/// </summary>
public sealed class QuestionTranslator(IReasoner reasoner)
{
    /// <summary>Unknown words of a question from which on a model is asked.</summary>
    public const int UnknownWordsMin = 2;

    private const int ServicesMax = 300;

    /// <summary>Translates what the grammar is unsure of.</summary>
    /// <param name="english">The question.</param>
    /// <param name="builtIn">What the grammar made of it.</param>
    /// <param name="vocabulary">What is known of the logs.</param>
    /// <param name="now">What "now" is.</param>
    /// <param name="cancellation">Stops asking.</param>
    public async Task<ModelTranslation> TranslateAsync(string english, TranslatedQuestion builtIn, QuestionVocabulary vocabulary, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(builtIn);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (builtIn.Unknown.Count + builtIn.Ignored.Count < UnknownWordsMin || reasoner.Unavailable.Length > 0) return new ModelTranslation(builtIn.Question, "", "", 0);
        var answer = await reasoner.AskAsync(new ModelQuestion<LogQuestion>
        {
            Task = ReasoningTasks.TranslateQuestion,
            Data =
            [
                new DataBlock("question", english),
                new DataBlock("built-in query", builtIn.Question.ToString()),
                new DataBlock("words it did not know", string.Join(", ", builtIn.Unknown.Concat(builtIn.Ignored))),
                new DataBlock("now", now.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                new DataBlock("services", string.Join(", ", vocabulary.Services.Take(ServicesMax))),
                new DataBlock("hosts", string.Join(", ", vocabulary.Hosts.Take(ServicesMax))),
                new DataBlock("keys", string.Join(", ", vocabulary.Keys.Take(ServicesMax))),
            ],
            Read = json => Read(json.GetProperty("query").GetString()!, vocabulary),
        }, cancellation).ConfigureAwait(false);
        return new ModelTranslation(answer.Value ?? builtIn.Question, answer.Value is null ? "" : answer.Model, answer.Value is null ? answer.Why : "", answer.Dollars);
    }

    private static Read<LogQuestion> Read(string query, QuestionVocabulary vocabulary)
    {
        try
        {
            var question = QuestionText.Parse(query);
            var stranger = question.Services.FirstOrDefault(service => vocabulary.Services.Count > 0 && !vocabulary.Services.Contains(service, StringComparer.OrdinalIgnoreCase));
            return stranger is null ? question : new Read<LogQuestion>(null, $"query: there is no service {stranger}");
        }
        catch (FormatException unreadable)
        {
            return new Read<LogQuestion>(null, $"query: {unreadable.Message}");
        }
    }
}
