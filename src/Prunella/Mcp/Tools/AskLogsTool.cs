using Prunella.Logs;

namespace Prunella.Mcp.Tools;

/// <summary>Questions about the lines that the server archived, by the same desk as the console's page: without sensitive values.</summary>
internal sealed class AskLogsTool(IServiceProvider services) : DoorTool
{
    internal override string Name => "ask_logs";

    internal override string Title => "Ask the logs";

    internal override string Description => "Answers a question about the logs that Prunella archived, in English (\"errors by service in the last hour\") or written (level>=error | count by service): what was counted, patterns, groups, and the newest lines that fit.";

    internal override IReadOnlyList<ToolParameter> Parameters { get; } =
    [
        new("question", ToolValue.Text, "The question.") { Required = true, Max = 500 },
        new("written", ToolValue.Flag, "Whether it is in the written form."),
        new("lines", ToolValue.Number, "How many of the newest lines that fit are shown; 10 if not said.") { Min = 0, Max = 100 },
    ];

    internal override async Task<ToolOutcome> CallAsync(ToolCall call, CancellationToken cancellation)
    {
        // Only a server with a folder for logs has them.
        if (services.GetService<LogDesk>() is not { } desk) return ToolOutcome.Refused("This server keeps no logs (logs:ingest:folder).");
        try
        {
            var reading = await desk.AskAsync(new LogAsked(call.Text("question"), call.Flag("written") ?? false, Pattern: null), cancellation);
            var wanted = call.Number("lines", 10);
            var lines = wanted == 0 ? [] : await desk.LinesAsync(reading.Question, pattern: null, before: null, cancellation);
            return ToolOutcome.Found(new { question = reading.Question.ToString(), reading.Ignored, translatedBy = reading.Model.Length > 0 ? reading.Model : "grammar", answer = reading.Count.Answer with { Lines = [] }, reading.Count.LinesUnread, lines = lines.TakeLast(wanted).Select(line => new { line.At, line.Level, text = string.Concat(line.Pieces.Select(piece => piece.Text)) }) });
        }
        catch (FormatException refused)
        {
            return ToolOutcome.Refused(refused.Message);
        }
    }
}
