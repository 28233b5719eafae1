using System.CommandLine;
using System.Globalization;
using System.Text;
using Prunella.Commands.Reasoning;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Reasoning.Telling;
using Spectre.Console;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs summary</c>: routine traffic in a paragraph.</summary>
internal static class SummaryCommand
{
    // Small blocks make intervals of files that are told apart: 1 MB is some 7 000 lines.
    private const int IntervalBytes = 1 << 20;

    private sealed record Summary(string Headline, string Usual, IReadOnlyList<string> Notable, string By, TrafficPicture Traffic);

    internal static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Archives of 'logs archive --summaries', or a server's folder of them; or files, folders, patterns, and - for standard input.", Arity = ArgumentArity.OneOrMore };
        var model = new ModelOptions();
        var classes = LogOptions.Classes();
        var command = new VerbCommand("summary", "Tell what the routine lines of a log are made of, in a paragraph: kinds, rates, quantiles, and what stands out. Of archives only the summaries beside them are read.") { files, classes, Output.FormatOption }
            .Such("prunella logs summary app.log", "what this system does all day")
            .Such("prunella logs summary /var/lib/prunella/logs/archive", "of a server's archives, without reading a line");
        model.AddTo(command);
        command.Does(async (parsed, cancellation) =>
        {
            var names = parsed.GetRequiredValue(files);
            TrafficPicture? picture = null;
            var read = LogInputs.Guard(parsed, () =>
            {
                picture = Picture(parsed, names, ClassOverrides.Load(parsed.GetRequiredValue(classes)));
                return 0;
            });
            if (picture is null) return (ExitCode)read;
            await using var local = model.Open(parsed);
            var told = await new TrafficTeller(local.Reasoner).TellAsync(picture, cancellation);
            Output.Print(parsed, new Summary(told.Value.Headline, told.Value.Usual, told.Value.Notable, told.By, picture), summary => new Text(Terminal.InertText.Block(Write(summary))));
            model.SayWho(parsed, told);
            return picture.Lines > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static TrafficPicture Picture(ParseResult parsed, string[] names, ClassOverrides overrides)
    {
        List<string> summaries = [];
        foreach (var archive in names.Where(ArchiveNames.IsArchive).SelectMany(ArchiveNames.All))
        {
            var path = BlockSummary.PathOf(archive);
            if (!File.Exists(path)) throw new FormatException($"{archive} has no summaries beside it; archive the log with --summaries, or name the log itself.");
            summaries.Add(path);
        }
        var plain = names.Where(name => !ArchiveNames.IsArchive(name)).ToArray();
        if (plain.Length == 0) return TrafficPicture.Read(summaries);
        var folder = Directory.CreateTempSubdirectory("prunella-summary-").FullName;
        try
        {
            var path = Path.Combine(folder, "log.parc");
            using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { Summaries = true, BlockBytes = IntervalBytes, Durable = false }, overrides))
            {
                LogArchiveCommands.Copy(parsed, LogFile.Expand(plain), writer);
                writer.Flush();
            }
            if (File.Exists(BlockSummary.PathOf(path))) summaries.Add(BlockSummary.PathOf(path));
            return TrafficPicture.Read(summaries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Write(Summary summary)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{summary.Headline}\n\n{summary.Usual}\n");
        if (summary.Notable.Count > 0) text.Append("\nStands out:\n");
        foreach (var notable in summary.Notable) text.Append(CultureInfo.InvariantCulture, $"- {notable}\n");
        return text.ToString();
    }
}
