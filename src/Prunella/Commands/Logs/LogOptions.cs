using System.CommandLine;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Commands.Logs;

/// <summary>What all commands that read logs take: files, how to read them, and the classes that people gave.</summary>
internal sealed class LogOptions
{
    private readonly Argument<string[]> files = new("files") { Description = "Files, folders, patterns; - is standard input. Gzip and zstd are recognised.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> year = new("--year") { Description = "Year of timestamps that do not write one (default: the latest that puts them not in the future)." };
    private readonly Option<LineFormat> format = new("--format") { Description = "auto, text, json or logfmt (default: told apart line by line)." };

    /// <summary>The file of classes given to templates.</summary>
    internal static Option<string> Classes() => new("--classes")
    {
        Description = "File of classes given to templates with 'logs classify'.",
        DefaultValueFactory = static _ => OfUser("classes"),
    };

    private readonly Option<string> classes = Classes();

    /// <summary>A file in the user's configuration folder, which a new user does not have yet.</summary>
    internal static string OfUser(string name) => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "prunella", name);

    internal void AddTo(Command command)
    {
        command.Add(files);
        command.Add(year);
        command.Add(format);
        command.Add(classes);
    }

    internal string[] Files(ParseResult parsed) => parsed.GetRequiredValue(files);

    internal LogInputs Open(ParseResult parsed) => LogInputs.Open(Files(parsed));

    internal LogParserOptions Parser(ParseResult parsed) => new() { Format = parsed.GetValue(format), Year = parsed.GetValue(year) };

    internal string ClassesFile(ParseResult parsed) => parsed.GetRequiredValue(classes);

    internal ClassOverrides Overrides(ParseResult parsed) => ClassOverrides.Load(ClassesFile(parsed));
}
