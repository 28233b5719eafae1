using System.CommandLine;
using System.Globalization;
using Prunella.Commands.Reasoning;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Naming;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs fields</c>: names for the values of lines, learned once for each template.</summary>
internal static class FieldsCommand
{
    private sealed record Row(string Id, long Lines, string Event, IReadOnlyList<string> Fields, string By, string Template);

    internal static Command Create()
    {
        var names = new Option<string>("--names")
        {
            Description = "File of names; what stands there is not named again. People may correct it.", HelpName = "FILE",
            DefaultValueFactory = static _ => LogOptions.OfUser("names.json"),
        };
        var apply = new Option<bool>("--apply") { Description = "Write the names down; 'logs parse --names' applies them without a model." };
        var limit = new Option<int>("--limit") { Description = "Most templates named, the most frequent first.", DefaultValueFactory = static _ => 200 };
        var model = new ModelOptions();
        var inputs = new LogOptions();
        var command = new VerbCommand("fields", "Name what lines are about and what their values are, once for each template: by neighbouring words and kinds, or by a configured model, fifty templates in a call. Templates are sent, never values.") { names, apply, limit, Output.FormatOption };
        command.Such("prunella logs fields app.log", "the names that each template would have")
            .Such("prunella logs fields app.log --apply --names names.json", "the same, kept in a file")
            .Such("prunella logs parse app.log --output json --names names.json", "applied to lines, without a model");
        inputs.AddTo(command);
        model.AddTo(command);
        command.Does(async (parsed, cancellation) =>
        {
            List<UnnamedTemplate> found = [];
            var learned = new LearnedNames();
            var read = LogInputs.Guard(parsed, () =>
            {
                learned = LearnedNames.Load(parsed.GetRequiredValue(names));
                found = Survey(parsed, inputs, Math.Max(0, parsed.GetValue(limit)));
                return 0;
            });
            if (read != 0) return (ExitCode)read;
            var open = found.Where(template => !TemplateId.TryParse(template.Id, out var id) || learned.Of(id) is null).ToList();
            await using var local = model.Open(parsed);
            var named = await new FieldNamer(local.Reasoner).NameAsync(open, cancellation);
            foreach (var entry in named.Names) learned.Add(entry);
            Output.Print(parsed, found.ConvertAll(template => RowOf(template, learned)), Table);
            parsed.Say(string.Create(CultureInfo.InvariantCulture, $"{open.Count} of {found.Count} templates named, for ${named.Dollars:0.0000}{(named.Note.Length > 0 && open.Count > 0 ? $"; {named.Note}" : "")}."));
            if (parsed.GetValue(apply))
            {
                learned.Save(parsed.GetRequiredValue(names));
                parsed.Say($"{learned.Count} templates have names in {parsed.GetRequiredValue(names)}.");
            }
            return found.Count > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static Row RowOf(UnnamedTemplate template, LearnedNames learned)
    {
        var entry = TemplateId.TryParse(template.Id, out var id) ? learned.Of(id) : null;
        return new Row(template.Id, template.Lines, entry?.Event ?? "", entry?.Fields ?? [], entry?.By ?? "", template.Text);
    }

    private static List<UnnamedTemplate> Survey(ParseResult parsed, LogOptions options, int most)
    {
        using var inputs = options.Open(parsed);
        var parser = new LogParser(options.Parser(parsed));
        inputs.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));
        inputs.ForEachEvent(long.MaxValue, (line, _) => parser.Parse(line));
        parser.Refine();
        // What a value is, the first line of its template that is written as the template shows it.
        var kinds = new Dictionary<TemplateId, SlotKind[]>();
        inputs.ForEachEvent(long.MaxValue, (line, _) =>
        {
            var row = parser.Parse(line);
            if (!kinds.ContainsKey(row.Template.Id) && Kinds(row) is { } found) kinds.Add(row.Template.Id, found);
        });
        return [.. parser.Templates.Where(template => template.Lines > 0 && kinds.TryGetValue(template.Id, out var found) && found.Length > 0).OrderByDescending(template => template.Lines).ThenBy(template => template.Id.Value).Take(most)
            .Select(template => new UnnamedTemplate(template.Id.ToString(), template.Text, kinds[template.Id], template.Lines))];
    }

    private static SlotKind[]? Kinds(in ParsedLine row)
    {
        var cutter = new ValueCutter(row.Template.Text);
        var values = new Range[cutter.Count];
        var message = row.Raw[row.MessageStart..row.MessageEnd];
        if (!cutter.TryCut(message, values)) return null;
        var kinds = new SlotKind[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            var (start, length) = values[index].GetOffsetAndLength(message.Length);
            kinds[index] = SlotKind.Text;
            foreach (var slot in row.Slots)
            {
                // The token that begins the value tells its kind.
                if (slot.Start + slot.Length <= row.MessageStart + start || slot.Start >= row.MessageStart + start + length) continue;
                kinds[index] = slot.Kind;
                break;
            }
        }
        return kinds;
    }

    private static Spectre.Console.Table Table(List<Row> rows)
    {
        var table = Output.Table("lines", "event", "fields", "by", "template");
        foreach (var row in rows) table.Row(row.Lines.ToString("N0", CultureInfo.InvariantCulture), row.Event, string.Join(", ", row.Fields), row.By, row.Template);
        return table;
    }
}
