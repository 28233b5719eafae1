using System.Globalization;
using System.Text;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Telling;

/// <summary>Routine traffic in a paragraph. The same form from a model and from rules.</summary>
/// <param name="Headline">One sentence.</param>
/// <param name="Usual">What it is made of, in two to four sentences.</param>
/// <param name="Notable">What stands out of the routine; empty when nothing does.</param>
public sealed record TrafficStory(string Headline, string Usual, IReadOnlyList<string> Notable);

/// <summary>Tells routine traffic to people: by a model where one answers, by rules otherwise. Numbers are those of the summaries. Thread-safe.</summary>
public sealed class TrafficTeller(IReasoner reasoner)
{
    /// <summary>Tells it.</summary>
    public async Task<Told<TrafficStory>> TellAsync(TrafficPicture picture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var builtIn = BuiltInTraffic.Of(picture);
        var facts = Facts(picture, builtIn);
        return Told<TrafficStory>.Of(await reasoner.AskAsync(new ModelQuestion<TrafficStory>
        {
            Task = ReasoningTasks.SummariseTraffic,
            Data = [new DataBlock("traffic", facts)],
            Read = json => AnswerForm.Read<TrafficStory>(json, facts, story => [story.Headline, story.Usual, .. story.Notable]),
        }, cancellation).ConfigureAwait(false), builtIn);
    }

    private static string Facts(TrafficPicture picture, TrafficStory builtIn)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"from {picture.From:yyyy-MM-dd HH:mm:ss} to {picture.To:yyyy-MM-dd HH:mm:ss}\nroutine lines: {picture.Lines}\nkinds: {picture.Kinds.Count}\nintervals: {picture.Intervals}\n");
        foreach (var kind in picture.Kinds)
        {
            text.Append(CultureInfo.InvariantCulture, $"kind: {kind.Lines} lines ({kind.Share * 100:0.#} %){(kind.PerMinute is { } rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.##} a minute, at most {kind.PerMinuteMost:0.##}") : "")}: {kind.Template}\n");
            foreach (var number in kind.Numbers) text.Append(CultureInfo.InvariantCulture, $"  {number.Name}: least {number.Least}, half at most {number.P50}, nine of ten at most {number.P90}, 99 of 100 at most {number.P99}, greatest {number.Most}\n");
            foreach (var value in kind.Top) text.Append(CultureInfo.InvariantCulture, $"  {value.Name} is {value.Value} in {value.Lines} lines\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"in the built-in words: {builtIn.Headline} {builtIn.Usual} {string.Join(' ', builtIn.Notable)}\n").ToString();
    }
}
