using System.Globalization;
using Microsoft.Extensions.Options;
using Prunella.Commands.Logs;
using Prunella.Incidents;
using Prunella.Logs;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Questions;

namespace Prunella.Demo;

/// <summary>What the demo tells of the logs: a line a story where they say something, and the sum at the end.</summary>
internal static class DemoLogs
{
    /// <summary>Whether a fact is a pattern that tells of trouble; that a server started does not.</summary>
    internal static bool IsTelling(Evidence fact) =>
        fact.Source == LogEvidence.Source && (fact.Text.Contains("error", StringComparison.OrdinalIgnoreCase) || fact.Text.Contains("fatal", StringComparison.OrdinalIgnoreCase));

    /// <summary>Asks the archive in English, without a model; null when there are no lines yet.</summary>
    internal static (LogQuestion Question, QuestionAnswer Answer)? Ask(IServiceProvider services, string english, DateTimeOffset now)
    {
        if (services.GetService<LogPipeline>() is not { Archived: > 0 }) return null;
        var folder = FolderOf(services);
        var key = ArchiveKey.Of(folder, path: null);
        var readers = Directory.EnumerateFiles(folder, "*.parc").Order(StringComparer.Ordinal).Select(path => ArchiveReader.Open(path, key)).ToList();
        try
        {
            var names = readers.SelectMany(reader => reader.Metas).SelectMany(meta => meta.Services).Select(service => service.Name).ToHashSet(StringComparer.Ordinal);
            var keys = FieldKeys.Of(readers.SelectMany(reader => reader.Metas).SelectMany(meta => meta.Templates).Select(template => template.Text));
            var question = new EnglishQuestion(new QuestionVocabulary { Services = names, Keys = keys }).Translate(english, now).Question;
            var tally = new QuestionTally(question, now);
            var parser = new LogParser(new LogParserOptions());
            foreach (var reader in readers) ArchiveQuestion.Add(reader, tally, parser);
            return (question, tally.Answer());
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }
    }

    private static string FolderOf(IServiceProvider services) => Path.Combine(services.GetRequiredService<IOptions<LogIngestOptions>>().Value.Folder, "archive");

    /// <summary>Tells how much came, what it was made of, and what keeping it costs.</summary>
    internal static void Tell(IServiceProvider services, Narrator narrator)
    {
        if (services.GetService<LogPipeline>() is not { Archived: > 0 } pipeline) return;
        var stored = Directory.EnumerateFiles(FolderOf(services), "*.parc").Sum(static path => new FileInfo(path).Length);
        var (all, indexed) = pipeline.Bytes;
        narrator.Say(string.Create(CultureInfo.InvariantCulture,
            $"  The containers wrote {pipeline.Archived:N0} lines of {pipeline.Templates} patterns, {all:N0} bytes: kept byte for byte in {stored:N0}; an index of what matters and a tenth of the rest takes {indexed:N0}, {1 - ((double)indexed / all):P0} less."));
    }
}
