using System.CommandLine;
using System.Text;

namespace Prunella.Commands;

/// <summary>Writes <c>docs/cli.md</c> from the command tree.</summary>
internal static class CommandReference
{
    internal static string Write()
    {
        var page = new StringBuilder();
        page.Append("""
            # Command line

            Generated from the commands themselves; a test keeps it current. Do not edit.

            Data goes to stdout, as a table or with `-o json` as JSON; everything for people goes to stderr. Commands that ask the server find it by
            `--server` or `PRUNELLA_SERVER` and prove who you are by `PRUNELLA_TOKEN` (or `--token`). Text from alerts, logs and objects is shown inert:
            control characters, terminal escapes and marks that reverse the reading direction are written out.

            | exit code | meaning |
            |---|---|

            """);
        foreach (var (code, meaning) in Meanings) page.Append($"| {(int)code} | {meaning} |\n");
        Walk(page, RootCommands.Create(), "prunella");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static readonly (ExitCode, string)[] Meanings =
    [
        (ExitCode.Ok, "done, and the answer is yes"),
        (ExitCode.No, "done, and the answer is no: the ledger is broken, a playbook has errors, the demo's outcome was not the expected one"),
        (ExitCode.Usage, "the command line or the request was not understood"),
        (ExitCode.Configuration, "the configuration has faults, or a file cannot be read"),
        (ExitCode.Unreachable, "the server cannot be reached, or is not ready"),
        (ExitCode.NotEntitled, "no token, a token that does not hold, or a role that does not suffice"),
        (ExitCode.NotFound, "there is no such thing"),
        (ExitCode.Conflict, "somebody or the time was first: already decided, expired, changed meanwhile"),
        (ExitCode.Broken, "something broke that should not; the message says what"),
        (ExitCode.Interrupted, "interrupted"),
    ];

    private static void Walk(StringBuilder page, Command command, string path)
    {
        foreach (var child in command.Subcommands.Where(child => !child.Hidden))
        {
            var name = $"{path} {child.Name}";
            if (child.Subcommands.Count > 0)
            {
                page.Append($"\n## {name}\n\n{child.Description}\n");
                Walk(page, child, name);
                continue;
            }
            page.Append($"\n{(path == "prunella" ? "##" : "###")} {name}{string.Concat(child.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" <{argument.Name}>"))}\n\n{child.Description}\n");
            WriteOptions(page, child);
            if (child is VerbCommand { Examples.Count: > 0 } verb)
                page.Append("\n```sh\n").Append(string.Join('\n', verb.Examples.Select(example => $"{example.Line}    # {example.Text}"))).Append("\n```\n");
        }
    }

    private static void WriteOptions(StringBuilder page, Command command)
    {
        var rows = command.Arguments.Select(argument => ($"`{argument.Name}`", argument.Description))
            .Concat(command.Options.Where(option => !option.Hidden && option is not System.CommandLine.Help.HelpOption)
                .Select(option => ($"`{string.Join(", ", new[] { option.Name }.Concat(option.Aliases))}{(option.HelpName is { } help ? $" {help.Replace("|", "\\|", StringComparison.Ordinal)}" : "")}`{(option.Required ? " (required)" : "")}", option.Description))).ToList();
        if (rows.Count == 0) return;
        page.Append("\n| | |\n|---|---|\n");
        foreach (var (left, right) in rows) page.Append($"| {left} | {right?.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }
}
