using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;

namespace Prunella.Logs.Questions;

// Times, levels, services and templates are columns: lines that they rule out are never built. Words are looked for in literals and
// distinct values. Only lines of which neither can tell, and those that are shown or grouped by what they say, are built.

/// <summary>
/// Takes the lines of one columnar block into a tally: looks which of them fit, which may happen beside other blocks, and then counts them,
/// block after block.
/// </summary>
internal sealed class BlockQuestion
{
    private readonly BlockData block;
    private readonly long firstLine;
    private readonly QuestionTally tally;
    private readonly RowLines rows;
    private readonly ValueMatcher values;
    private readonly Lazy<TextMarker> marker;
    private readonly bool[] shapes;
    private readonly bool[] fits;
    private readonly bool[] doubtful;
    private int[]? services;
    private Severity[]? levels;
    private string[]? groups;

    /// <param name="block">The block.</param>
    /// <param name="firstLine">Lines before it.</param>
    /// <param name="tally">Only what of it never changes is asked before <see cref="Count"/>.</param>
    internal BlockQuestion(BlockData block, long firstLine, QuestionTally tally)
    {
        (this.block, this.firstLine, this.tally) = (block, firstLine, tally);
        rows = new RowLines(block);
        values = new ValueMatcher(block, ignoreCase: true);
        marker = new Lazy<TextMarker>(() => new TextMarker(block, values, rows));
        shapes = new bool[block.Shapes.Count];
        fits = new bool[block.Meta.Lines];
        doubtful = new bool[block.Meta.Lines];
    }

    /// <summary>Looks which lines fit.</summary>
    internal void Look()
    {
        var question = tally.Question;
        var matcher = tally.Matcher;
        ChooseShapes(matcher);
        for (var n = 0; n < fits.Length; n++) fits[n] = shapes[block.ShapeOfLine[n]];
        if (question.LevelMin > Severity.None || question.LevelMax < Severity.Fatal || question.By == "level")
        {
            levels = block.DecodeLevels();
            for (var n = 0; n < fits.Length; n++) fits[n] &= matcher.FitsLevel(levels[n]);
        }
        if (question.Services.Count > 0 || question.By == "service")
        {
            services = block.DecodeServices();
            var named = block.Meta.Services.Select(service => matcher.FitsService(Encoding.UTF8.GetBytes(service.Name))).ToArray();
            for (var n = 0; n < fits.Length; n++) fits[n] &= named[services[n]];
        }
        FindTimes();
        foreach (var (any, not) in matcher.Words) Say(any, not);
        foreach (var field in matcher.NumberFields) Tell(field);
        if (question.Hosts.Count > 0) Name(question.Hosts);
        Verify(matcher);
        if (tally.GroupsByText) groups = GroupsOfText();
    }

    private void ChooseShapes(QuestionMatcher matcher)
    {
        for (var s = 0; s < shapes.Length; s++)
            shapes[s] = block.Shapes[s].Lines > 0 && tally.IsWanted(block.Meta.Templates[block.Shapes[s].Template].Text) && (block.Shapes[s].Level is not { } level || matcher.FitsLevel(level));
    }

    private void FindTimes()
    {
        if (tally.Question.Since is null && tally.Question.Until is null) return;
        // Lines without a time stand where the one before them stands; those that begin the block, where the count says.
        var at = 0L;
        for (var n = 0; n < fits.Length; n++)
        {
            if (block.Ticks[n] > 0) at = block.Ticks[n];
            fits[n] &= at == 0 || tally.IsInTime(at);
        }
    }

    private void Say(byte[][] any, bool not)
    {
        var (certain, likely) = (new bool[fits.Length], new bool[fits.Length]);
        foreach (var word in any)
        {
            if (QuestionMatcher.MayBePart(word)) marker.Value.Mark(word, shapes, certain, likely);
            else SayWord(word, certain, likely);
        }
        for (var n = 0; n < fits.Length; n++)
        {
            if (certain[n]) fits[n] &= !not;
            else if (likely[n]) doubtful[n] |= fits[n];
            else fits[n] &= not;
        }
    }

    // Where a word stands for itself only, a literal tells when it holds what is around it; else the lines have to be built.
    private void SayWord(byte[] word, bool[] certain, bool[] likely)
    {
        var others = new bool[shapes.Length];
        for (var s = 0; s < shapes.Length; s++)
        {
            if (shapes[s] && QuestionMatcher.LiteralsSay(block.Shapes[s].Literals, word)) rows.MarkShape(s, certain);
            else others[s] = shapes[s];
        }
        marker.Value.Mark(word, others, likely, likely);
    }

    private void Tell(string field)
    {
        var lines = new bool[fits.Length];
        new NumberLines(block, values, rows, marker.Value).Mark(field, shapes, lines);
        for (var n = 0; n < fits.Length; n++) doubtful[n] |= fits[n] &= lines[n];
    }

    // A line of a host holds its name somewhere; whether that is its host the line itself has to say.
    private void Name(IReadOnlyList<string> hosts)
    {
        var lines = new bool[fits.Length];
        foreach (var host in hosts) marker.Value.Mark(ValueMatcher.Lower(FieldValue.Bytes(host)), shapes, lines, lines);
        for (var n = 0; n < fits.Length; n++) doubtful[n] |= fits[n] &= lines[n];
    }

    private void Verify(QuestionMatcher matcher)
    {
        var some = false;
        for (var n = 0; n < fits.Length; n++) some |= doubtful[n] &= fits[n];
        if (some) new BlockRenderer(block).Render(doubtful, (n, line) => fits[n] = matcher.FitsText(line));
    }

    /// <summary>Counts them. Blocks come in their order.</summary>
    internal void Count()
    {
        var patterns = block.Meta.Templates.Select(template => tally.Pattern(template.Text)).ToArray();
        var ofService = services is null || tally.Question.By != "service" ? null : block.Meta.Services.Select(service => tally.Group(QuestionTally.ServiceName(Encoding.UTF8.GetBytes(service.Name)))).ToArray();
        var ofLevel = levels is null || tally.Question.By != "level" ? null : Enum.GetValues<Severity>().Select(level => tally.Group(QuestionTally.LevelName(level))).ToArray();
        var shown = new Queue<(int Line, long Ticks)>();
        for (var n = 0; n < fits.Length; n++)
        {
            var inTime = tally.IsInTime(block.Ticks[n], out var now);
            if (!fits[n] || !inTime) continue;
            var group = groups is not null ? tally.Group(groups[n]) : (ofService is not null ? ofService[services![n]] : ofLevel?[(int)levels![n]]);
            tally.Count(now, patterns[block.Shapes[block.ShapeOfLine[n]].Template], group);
            if (now && tally.Page is { } page) page.Consider(n, tally.At, firstLine + n + 1);
            else if (now && tally.Question.LinesWanted > 0) Show(shown, n);
        }
        tally.Skip(fits.Length, 0);
        tally.Page?.Take(fits.Length, wanted => new BlockRenderer(block).Render(wanted, (n, line) => tally.Page.Keep(n, block.Meta.Templates[block.Shapes[block.ShapeOfLine[n]].Template].Text, line)));
        if (shown.Count == 0) return;
        var wanted = new bool[fits.Length];
        foreach (var (line, _) in shown) wanted[line] = true;
        new BlockRenderer(block).Render(wanted, (n, line) => tally.Keep(firstLine + n + 1, shown.Dequeue().Ticks, line));
    }

    private void Show(Queue<(int, long)> shown, int n)
    {
        var first = tally.Question.Result == QuestionResult.First;
        if (first && tally.LinesShown + shown.Count >= tally.Question.LinesWanted) return;
        shown.Enqueue((n, tally.At));
        if (shown.Count > tally.Question.LinesWanted) shown.Dequeue();
    }

    // A parser of its own: what it learned elsewhere must not decide what is found here.
    private string[] GroupsOfText()
    {
        var found = new string[fits.Length];
        var parser = new Lazy<LogParser>(static () => new LogParser());
        new BlockRenderer(block).Render(fits, (n, line) => found[n] = tally.GroupOf(line) ?? tally.GroupOf(parser.Value.Parse(line)));
        return found;
    }
}
