using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Commands.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Telling;

namespace Prunella.Commands.Traces;

/// <summary>The option <c>--tell</c> of trace commands: ranked and in words, by a configured model where one answers.</summary>
internal sealed class TraceTelling
{
    private readonly Option<bool> tell = new("--tell") { Description = "Rank it and put it in words, by a configured model where one answers, else by the computed gain." };
    private readonly ModelOptions model = new();

    internal void AddTo(Command command)
    {
        command.Add(tell);
        model.AddTo(command);
    }

    /// <summary>What was told; null when nobody asked for it.</summary>
    internal async Task<Told<T>?> AskAsync<T>(ParseResult parsed, Func<IReasoner, Task<Told<T>>> ask) where T : class
    {
        if (!parsed.GetValue(tell)) return null;
        await using var local = model.Open(parsed);
        var told = await ask(local.Reasoner);
        model.SayWho(parsed, told);
        return told;
    }

    /// <summary>JSON of a command with what was told beside it.</summary>
    internal static string Beside<T>(string json, string name, Told<T> told) where T : class =>
        new JsonObject { ["told"] = JsonSerializer.SerializeToNode(told, ServerConnection.Json), [name] = JsonNode.Parse(json) }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}
