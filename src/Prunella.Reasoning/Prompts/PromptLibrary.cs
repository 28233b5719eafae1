using System.Globalization;
using System.Reflection;
using NJsonSchema;

namespace Prunella.Reasoning.Prompts;

/// <summary>What a task says to a model, and the form of its answer. Text and schema are files of this folder; a change of either is a new version.</summary>
/// <param name="Task">The task.</param>
/// <param name="Version">Counts changes; part of the cache's key and of each ledger entry.</param>
/// <param name="Text">The instructions, the rules on data included. The same for every question, so that a provider can keep it.</param>
/// <param name="Schema">The form of the answer.</param>
internal sealed record Prompt(string Task, int Version, string Text, JsonSchema Schema)
{
    internal string Id => string.Create(CultureInfo.InvariantCulture, $"{Task}@{Version}");
}

/// <summary>The prompts in this assembly.</summary>
internal static class PromptLibrary
{
    private const string VersionMark = "version: ";
    private static readonly Lazy<IReadOnlyDictionary<string, Lazy<Prompt>>> Prompts = new(() =>
        ReasoningTasks.All.Keys.ToDictionary(task => task, task => new Lazy<Prompt>(() => Load(task)), StringComparer.OrdinalIgnoreCase));

    /// <summary>The prompt of a task.</summary>
    internal static Prompt Of(string task) => Prompts.Value[task].Value;

    private static Prompt Load(string task)
    {
        var (rulesVersion, rules) = Read("rules");
        var (version, text) = Read(task);
        // The rules are part of every prompt: their version counts in hundreds.
        return new Prompt(task, rulesVersion * 100 + version, $"{text}\n\n{rules}", JsonSchema.FromJsonAsync(Resource($"{task}.schema.json")).GetAwaiter().GetResult());
    }

    private static (int Version, string Text) Read(string name)
    {
        var file = Resource($"{name}.md").ReplaceLineEndings("\n");
        var end = file.IndexOf('\n', StringComparison.Ordinal);
        return (int.Parse(file.AsSpan(VersionMark.Length, end - VersionMark.Length), CultureInfo.InvariantCulture), file[end..].Trim());
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"prompts/{name}") ?? throw new InvalidOperationException($"The prompt file {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
