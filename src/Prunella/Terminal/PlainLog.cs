using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Prunella.Terminal;

/// <summary>One inert line per log entry on stderr: time, level, category, message.</summary>
internal sealed class PlainLog(TimeProvider time) : ConsoleFormatter(FormatName)
{
    internal const string FormatName = "prunella";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        var category = entry.Category.AsSpan(entry.Category.LastIndexOf('.') + 1);
        output.Write(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture));
        output.Write(Word(entry.LogLevel));
        output.Write(' ');
        output.Write(category);
        output.Write(": ");
        output.WriteLine(InertText.Line(message));
        if (entry.Exception is { } exception) output.WriteLine("  " + InertText.Block(exception.ToString()).Replace("\n", "\n  ", StringComparison.Ordinal));
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace", LogLevel.Debug => "debug", LogLevel.Information => "info ", LogLevel.Warning => "WARN ", LogLevel.Error => "ERROR", _ => "FATAL",
    };
}
