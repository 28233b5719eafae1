using System.CommandLine;
using Prunella.Integrations.GitHub;
using Prunella.Terminal;
using Prunella.Traces.Advice;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces file-issues</c>.</summary>
internal static class FileIssuesCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var repository = new Option<string>("--repo") { Description = "owner/name for findings of services without a --map.", Required = true };
        var map = new Option<string[]>("--map") { Description = "service=owner/name, once per service.", AllowMultipleArgumentsPerToken = true };
        var labels = new Option<string[]>("--label") { Description = "Labels; the first one is how issues are found again. Default: prunella performance.", AllowMultipleArgumentsPerToken = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only print the issues (default). --dry-run false files them.", DefaultValueFactory = _ => true };
        var close = new Option<int?>("--close-after-days") { Description = "Close issues whose finding was not seen for this many days." };
        var max = new Option<int>("--max") { Description = "Issues filed or changed in one run.", DefaultValueFactory = _ => 20 };
        var url = new Option<Uri>("--github-url") { Description = "The API's address.", DefaultValueFactory = _ => new Uri("https://api.github.com/"), CustomParser = AddressOption.Read };
        var command = new VerbCommand("file-issues", "File each finding as one GitHub issue, updated instead of duplicated. A dry run unless told otherwise; the token comes from GITHUB_TOKEN. Exit code 0, 3 for unreadable input, 4 when GitHub cannot be reached, 5 when it refuses the token.")
        {
            Examples =
            {
                new Example("prunella traces file-issues samples/traces/shop-jaeger.json --repo acme/shop", "Print the issues that would be filed."),
                new Example("prunella traces file-issues samples/traces/shop-jaeger.json --repo acme/shop --map basket=acme/basket --dry-run false", "File them."),
            },
        };
        inputs.AddTo(command);
        foreach (Option option in (Option[])[repository, map, labels, dryRun, close, max, url])
            command.Add(option);
        command.Does(async (parsed, cancel) =>
        {
            var options = new GitHubOptions
            {
                Url = parsed.GetRequiredValue(url), Token = Environment.GetEnvironmentVariable("GITHUB_TOKEN"), Repository = parsed.GetRequiredValue(repository),
                DryRun = parsed.GetValue(dryRun), FiledMax = parsed.GetValue(max), CloseAfter = parsed.GetValue(close) is { } days ? TimeSpan.FromDays(days) : null,
            };
            if (!options.DryRun && string.IsNullOrEmpty(options.Token))
                throw new CommandFailedException(ExitCode.NotEntitled, "Filing issues needs a token in GITHUB_TOKEN.");
            foreach (var entry in parsed.GetValue(map) ?? [])
            {
                if (entry.Split('=', 2) is not [{ Length: > 0 } service, var target])
                    throw new CommandFailedException(ExitCode.Usage, $"--map takes service=owner/name, not '{entry}'.");
                options.RepositoryByService[service] = target;
            }

            if (parsed.GetValue(labels) is { Length: > 0 } named)
            {
                options.Labels.Clear();
                foreach (var label in named)
                    options.Labels.Add(label);
            }

            using var opened = await inputs.OpenAsync(parsed, cancel);
            var report = opened.Analyze(parsed, inputs, inputs.Analysis(parsed), cancel);
            var steps = await FileAsync(options, Advisor.Of(report), cancel);
            Show(parsed, steps, options.DryRun);
            return opened.Report(parsed, report.Traces);
        });
        return command;
    }

    private static async Task<IReadOnlyList<IssueStep>> FileAsync(GitHubOptions options, IReadOnlyList<TraceAdvice> advice, CancellationToken cancel)
    {
        try
        {
            // A dry run without a token works offline: it prints what would be filed if nothing were there yet.
            return await new GitHubIssues(options).FileAsync(advice, lookUp: !string.IsNullOrEmpty(options.Token), cancel);
        }
        catch (Exception failure) when (GitHubFailure.Of(failure) is { } known)
        {
            throw new CommandFailedException(known.Kind switch
            {
                GitHubFailureKind.Settings => ExitCode.Usage,
                GitHubFailureKind.Refused => ExitCode.NotEntitled,
                GitHubFailureKind.Missing => ExitCode.NotFound,
                _ => ExitCode.Unreachable,
            }, known.Text);
        }
    }

    private static void Show(ParseResult parsed, IReadOnlyList<IssueStep> steps, bool dryRun)
    {
        var writer = parsed.InvocationConfiguration.Output;
        foreach (var step in steps)
        {
            var number = step.Number is { } known ? FormattableString.Invariant($" #{known}") : string.Empty;
            writer.Write(InertText.Line($"{(dryRun ? "would " : string.Empty)}{step.Action.ToString().ToLowerInvariant()} {step.Repository}{number}: {step.Title}") + "\n");
            if (dryRun && step.Body is not null)
                writer.Write("\n" + InertText.Block(step.Body) + "\n");
        }

        if (steps.Count == 0)
            writer.Write("Nothing to file.\n");
    }
}
