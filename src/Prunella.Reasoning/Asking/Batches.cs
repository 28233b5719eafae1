using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Asking;

/// <summary>Asks about many things, some in a call: each is shown under a number and answered under it, and one that no model answers keeps its built-in answer.</summary>
/// <typeparam name="TItem">What is asked about.</typeparam>
/// <typeparam name="T">What is answered of it.</typeparam>
internal sealed class Batches<TItem, T>(IReasoner reasoner, string task, int batchSize) where T : class
{
    /// <summary>What it is called in the schema of the answer; the list of answers has this name.</summary>
    internal required string List { get; init; }

    /// <summary>A line of text about an item, after its number.</summary>
    internal required Func<TItem, string> Show { get; init; }

    /// <summary>Most characters of such a line, after redaction.</summary>
    internal required int LineCharactersMax { get; init; }

    /// <summary>Reads the answer of an item.</summary>
    internal required Func<TItem, JsonElement, Read<T>> Read { get; init; }

    /// <summary>What stands where no model answers.</summary>
    internal required Func<TItem, T> BuiltIn { get; init; }

    /// <summary>An answer as the model that gave it signs it.</summary>
    internal Func<T, string, T> Sign { get; init; } = (answer, _) => answer;

    /// <returns>An answer for each item in their order, why some are built-in, and the dollars that it cost.</returns>
    internal async Task<(List<T> Answers, string Note, double Dollars)> AskAsync(IReadOnlyList<TItem> items, CancellationToken cancellation)
    {
        List<T> answers = [];
        var notes = new HashSet<string>(StringComparer.Ordinal);
        var dollars = 0.0;
        foreach (var batch in items.Chunk(batchSize))
        {
            var question = new ModelQuestion<IReadOnlyList<T>> { Task = task, Data = [new DataBlock("templates", Numbered(batch)) { Cuttable = false, LineCharactersMax = LineCharactersMax }], Read = json => ReadAll(json, batch) };
            var answer = await reasoner.AskAsync(question, cancellation).ConfigureAwait(false);
            dollars += answer.Dollars;
            answers.AddRange(answer.Value?.Select(one => Sign(one, answer.Model)) ?? batch.Select(BuiltIn));
            if (answer.Value is null) notes.Add(answer.Why);
        }
        return (answers, string.Join("; ", notes), dollars);
    }

    private string Numbered(TItem[] batch)
    {
        var text = new StringBuilder();
        for (var index = 0; index < batch.Length; index++) text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {Show(batch[index]).ReplaceLineEndings(" ")}\n");
        return text.ToString();
    }

    private Read<IReadOnlyList<T>> ReadAll(JsonElement json, TItem[] batch)
    {
        var given = new T?[batch.Length];
        foreach (var entry in json.GetProperty(List).EnumerateArray())
        {
            var number = entry.GetProperty("number").GetInt32();
            if (number < 1 || number > batch.Length || given[number - 1] is not null) return Wrong($"number {number} does not exist or is there twice");
            var read = Read(batch[number - 1], entry);
            if (read.Value is null) return Wrong($"number {number}: {read.Problem}");
            given[number - 1] = read.Value;
        }
        var missing = Array.FindIndex(given, answer => answer is null);
        return missing < 0 ? new Read<IReadOnlyList<T>>(given!, "") : Wrong($"number {missing + 1} is missing");
    }

    private Read<IReadOnlyList<T>> Wrong(string problem) => new(null, $"{List}: {problem}");
}
