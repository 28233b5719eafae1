using System.CommandLine;
using Prunella.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands;

/// <summary>How a command prints its data.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs: one JSON document, or one per line where a command says so.</summary>
    Json,
}

/// <summary>Data to stdout, as a table or as JSON; everything for people to stderr.</summary>
internal static class Output
{
    internal static Option<OutputFormat> FormatOption { get; } = new("--output", "-o")
    {
        Description = "How data is printed: table (default) or json.", HelpName = "table|json",
    };

    /// <summary>Prints a value: as JSON when asked, else as what <paramref name="table"/> makes of it.</summary>
    internal static void Print<T>(ParseResult parsed, T value, Func<T, IRenderable> table)
    {
        var stdout = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(FormatOption) == OutputFormat.Json) { stdout.WriteLine(ServerConnection.Write(value)); return; }
        Render(stdout, table(value));
    }

    /// <summary>Renders for people; without colours when it is no terminal.</summary>
    internal static void Render(TextWriter writer, IRenderable content)
    {
        var terminal = ReferenceEquals(writer, System.Console.Out) && !System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer), Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No, ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!terminal) console.Profile.Width = 160;
        console.Write(content);
    }

    /// <summary>A table with these columns, in the one style of all commands.</summary>
    internal static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        return table;
    }

    /// <summary>One cell; whatever the text holds, it is only text.</summary>
    internal static Text Cell(string? text, Style? style = null) => new(InertText.Line(text), style);

    /// <summary>Adds a row of texts.</summary>
    internal static void Row(this Table table, params ReadOnlySpan<string?> cells)
    {
        var rendered = new List<IRenderable>();
        foreach (var cell in cells) rendered.Add(Cell(cell));
        table.AddRow(rendered);
    }

    /// <summary>A line for people.</summary>
    internal static void Say(this ParseResult parsed, string text) => parsed.InvocationConfiguration.Error.WriteLine(InertText.Block(text));
}
