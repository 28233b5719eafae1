using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Bench;

/// <summary>English questions over an archive: time to translate and time to answer, opening the archive included.</summary>
internal static class QuestionBench
{
    private const int Rounds = 9;
    private static readonly string[] Usual =
    [
        "how many errors", "errors over time", "timeouts by service", "show me database errors in the last hour", "failed logins by host top 5", "requests slower than 2s",
        "how many requests with status 5xx", "what is new in the last 30 minutes", "last 5 connection refused errors", "warnings without heartbeat by pattern",
    ];

    internal static int Run(string file, string[] questions)
    {
        var (lines, newest, services) = Look(file);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {new FileInfo(file).Length:N0} bytes, {lines:N0} lines. Best of {Rounds}, milliseconds: by the clock, and of the processor."));
        Console.WriteLine("translate    wall     cpu     fits  question");
        var english = new EnglishQuestion(new QuestionVocabulary { Services = services });
        foreach (var text in questions.Length > 0 ? questions : Usual)
        {
            var translating = new double[Rounds];
            var answering = new double[Rounds];
            var computing = new double[Rounds];
            long fits = 0;
            for (var round = 0; round < Rounds; round++)
            {
                var began = Stopwatch.GetTimestamp();
                var question = english.Translate(text, newest).Question;
                translating[round] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                began = Stopwatch.GetTimestamp();
                fits = Answer(file, question, newest);
                answering[round] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                computing[round] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{translating.Min(),9:0.000} {answering.Min(),7:0} {computing.Min(),7:0} {fits,8}  {text}"));
        }
        return 0;
    }

    private static (long Lines, DateTimeOffset Newest, HashSet<string> Services) Look(string file)
    {
        using var reader = ArchiveReader.Open(file);
        return (reader.Metas.Sum(meta => meta.Lines), new DateTimeOffset(reader.Metas.Max(meta => meta.LastTicks), TimeSpan.Zero), [.. reader.Metas.SelectMany(meta => meta.Services).Select(service => service.Name)]);
    }

    private static long Answer(string file, LogQuestion question, DateTimeOffset now)
    {
        using var reader = ArchiveReader.Open(file);
        var tally = new QuestionTally(question, now);
        ArchiveQuestion.Add(reader, tally, new LogParser());
        return tally.Answer().Total;
    }
}
