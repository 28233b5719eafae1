using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Pipeline;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Redaction;
using Prunella.Reasoning.Tools;

namespace Prunella.Reasoning.Asking;

/// <summary>
/// Asks the model of a task's tier, then its fallback; lets it look things up; reads the answer, has it repaired once at most.
/// Whatever goes wrong, the caller's built-in answer stands and the reason is told.
/// </summary>
internal sealed partial class Reasoner(
    ReasoningOptions options, ModelPipelines pipelines, IAnswerCache? cache, CallBook book, ReasoningMeter meter, TimeProvider time, ILogger<Reasoner> log) : IReasoner
{
    private const int NonceBytes = 16;

    public string Unavailable => "";

    public async Task<ModelAnswer<T>> AskAsync<T>(ModelQuestion<T> question, CancellationToken cancellation) where T : class
    {
        var started = time.GetTimestamp();
        var prompt = PromptLibrary.Of(question.Task);
        var tier = options.Tasks.TryGetValue(question.Task, out var chosen) ? chosen : ReasoningTasks.All[question.Task];
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));
        var state = new QuestionState { Task = question.Task, Subject = question.Subject, Tier = tier, Prompt = prompt.Id, Nonce = nonce, Redactor = new CallRedactor(nonce, options.Redaction) };
        var answer = new ModelAnswer<T>(null, "");
        using var deadline = new CancellationTokenSource(options.Within, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            foreach (var choice in ModelChoice.Of(options, tier))
            {
                try
                {
                    answer = await AskAsync(question, prompt, state, choice, linked.Token).ConfigureAwait(false) with { Model = choice.Model };
                    break;
                }
                catch (ModelUnavailableException unavailable)
                {
                    answer = new ModelAnswer<T>(null, answer.Why.Length == 0 ? unavailable.Message : $"{answer.Why}; {unavailable.Message}");
                    LogUnavailable(log, question.Task, choice.ProviderName, unavailable.Message);
                }
            }
        }
        catch (BudgetExceededException exceeded)
        {
            answer = new ModelAnswer<T>(null, exceeded.Message);
        }
        catch (SpendingUnavailableException away)
        {
            answer = new ModelAnswer<T>(null, $"what was spent cannot be read, and no model is asked meanwhile: {away.Message}");
        }
        catch (RegexMatchTimeoutException)
        {
            answer = new ModelAnswer<T>(null, "looking for secrets took too long, and nothing was sent");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            answer = new ModelAnswer<T>(null, $"no answer within {options.Within.TotalSeconds:0.#} s");
        }
        finally
        {
            await RecordAsync(state, answer.Value is not null).ConfigureAwait(false);
        }
        if (answer.Value is null) LogBuiltIn(log, question.Task, answer.Why);
        meter.Answer(question.Task, answer.Value is not null);
        return answer with { Dollars = state.Records.Sum(record => record.Dollars), Elapsed = time.GetElapsedTime(started) };
    }

    private async Task<ModelAnswer<T>> AskAsync<T>(ModelQuestion<T> question, Prompt prompt, QuestionState state, ModelChoice choice, CancellationToken cancellation) where T : class
    {
        var tier = options.Of(state.Tier);
        var client = pipelines.For(choice);
        var bench = new ToolBench(question.Tools, options.ToolStepsMax, state.Redactor, state.Nonce, time);
        var messages = Opening(question, prompt, state, tier, withTools: bench.Declarations.Count > 0);
        for (var repaired = false; ; repaired = true)
        {
            var (text, digest) = await TalkAsync(client, messages, bench, state, choice, tier, cancellation).ConfigureAwait(false);
            var (json, problem) = AnswerReader.Read(text, prompt.Schema);
            if (json is { } read)
            {
                // Answers are shown to people: no terminal obeys a sign in them, and none is hidden or turned about.
                var answer = question.Read(JsonStrings.Map(read, text => state.Redactor.Restore(DataFence.Inert(text))));
                if (answer.Value is { } value) return new ModelAnswer<T>(value, "");
                problem = answer.Problem;
            }
            if (digest.Length > 0 && cache is not null) await cache.ForgetAsync(digest, cancellation).ConfigureAwait(false);
            if (repaired) return new ModelAnswer<T>(null, $"the answer of {choice.Model} did not have the agreed form, twice: {problem}");
            messages.Add(new ChatMessage(ChatRole.Assistant, text.Length > 0 ? DataFence.Inert(text) : "(nothing)"));
            messages.Add(new ChatMessage(ChatRole.User, $"That answer cannot be used: {DataFence.Inert(problem)}. Answer again with one JSON object of the agreed form and nothing else."));
        }
    }

    // What a provider may keep is marked at its end, four places at most: the instructions of a task, its catalogues, and where a model may
    // look things up the data and the newest results, which every further call sends again.
    private static List<ChatMessage> Opening<T>(ModelQuestion<T> question, Prompt prompt, QuestionState state, TierOptions tier, bool withTools) where T : class
    {
        List<AIContent> constant = [Kept(new TextContent(prompt.Text))];
        var catalogues = QuestionText.Catalogues(question.Catalogues);
        if (catalogues.Length > 0) constant.Add(Kept(new TextContent(catalogues)));
        var data = new TextContent(QuestionText.Write(question.Data, state.Redactor, state.Nonce, tier.QuestionMax - Encoding.UTF8.GetByteCount(catalogues) / 2));
        return [new(ChatRole.System, constant), new(ChatRole.User, [withTools ? Kept(data) : data])];
    }

    private static T Kept<T>(T content) where T : AIContent => content.WithCacheControl(new CacheControlEphemeral());

    private static async Task<(string Text, string Digest)> TalkAsync(
        IChatClient client, List<ChatMessage> messages, ToolBench bench, QuestionState state, ModelChoice choice, TierOptions tier, CancellationToken cancellation)
    {
        while (true)
        {
            var call = new CallOptions(state, choice) { MaxOutputTokens = tier.AnswerMax };
            if (bench.Declarations.Count > 0) (call.Tools, call.ToolMode) = (bench.Declarations, bench.Spent ? ChatToolMode.None : ChatToolMode.Auto);
            var response = await client.GetResponseAsync(messages, call, cancellation).ConfigureAwait(false);
            var asked = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
            // A model that calls on without an end, or calls where nothing can be called, is answered as one that says nothing.
            if (asked.Count == 0 || bench.Spent || bench.Declarations.Count == 0) return (response.Text, call.Digest);
            messages.Add(new ChatMessage(ChatRole.Assistant, [.. response.Messages.SelectMany(message => message.Contents).Where(content => content is FunctionCallContent or TextReasoningContent or TextContent { Text.Length: > 0 })]));
            foreach (var older in messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>()) older.WithCacheControl((CacheControlEphemeral?)null);
            List<AIContent> results = [];
            foreach (var one in asked) results.Add(await bench.AnswerAsync(one, cancellation).ConfigureAwait(false));
            Kept(results[^1]);
            messages.Add(new ChatMessage(ChatRole.Tool, results));
        }
    }

    // What was spent is written even when the caller has gone; without a store it is lost, and said.
    private async Task RecordAsync(QuestionState state, bool used)
    {
        var records = state.Records.Select((record, index) => record with { Used = used && index == state.Records.Count - 1 }).ToList();
        foreach (var record in records) meter.Cost(record.Task, record.Tier.ToString(), record.Dollars);
        try
        {
            await book.RecordAsync(records, state.Reservations, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SpendingUnavailableException away)
        {
            LogUnrecorded(log, records.Count, away.Message);
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Asking about {Task}: {Provider} gave no answer: {Why}")]
    private static partial void LogUnavailable(ILogger logger, string task, string provider, string why);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "Asking about {Task}: the built-in answer stands: {Why}")]
    private static partial void LogBuiltIn(ILogger logger, string task, string why);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Error, Message = "{Calls} calls of a model could not be entered into the ledger: {Why}")]
    private static partial void LogUnrecorded(ILogger logger, int calls, string why);
}
