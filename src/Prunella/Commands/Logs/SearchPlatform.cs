using System.CommandLine;
using Prunella.Integrations;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.Http;
using Prunella.Integrations.Search;
using Prunella.Integrations.Splunk;

namespace Prunella.Commands.Logs;

/// <summary>The options that name a search platform, and the platform that they name. Credentials come from the environment, never from the command line.</summary>
internal static class SearchPlatform
{
    private static readonly Option<string> Source = Sources();
    private static readonly Option<Uri?> Url = new("--url") { Description = "Address of the search platform: Elasticsearch's or OpenSearch's, or Splunk's management port.", HelpName = "URL", CustomParser = AddressOption.Read };
    private static readonly Option<string?> Index = new("--index") { Description = "Index, data stream or pattern. logs-* of Elasticsearch, main of Splunk if not said." };
    private static readonly Option<string?> Authority = new("--authority") { Description = "A PEM file of the authorities to trust in place of the system's.", HelpName = "FILE" };

    internal static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Source, Url, Index, Authority]) command.Add(option);
    }

    /// <summary>The platform that a command line names; null for files and archives.</summary>
    /// <exception cref="CommandFailedException">It is not told where it is, or how to be let in.</exception>
    internal static ILogSearch? Of(ParseResult parsed)
    {
        var source = parsed.GetRequiredValue(Source);
        if (source == "archive")
        {
            if (parsed.GetValue(Url) is not null) throw new CommandFailedException(ExitCode.Usage, "--url goes with --source elasticsearch or --source splunk.");
            return null;
        }
        if (parsed.GetValue(Url) is not { } url) throw new CommandFailedException(ExitCode.Usage, $"--source {source} needs --url.");
        try
        {
            return source == "splunk" ? Splunk(parsed, url) : Elasticsearch(parsed, url);
        }
        catch (IntegrationOptionsException wrong)
        {
            throw new CommandFailedException(ExitCode.Configuration, wrong.Message);
        }
    }

    private static ElasticsearchLogs Elasticsearch(ParseResult parsed, Uri url) => new(new ElasticsearchLogOptions
    {
        Url = url, Index = parsed.GetValue(Index) ?? "logs-*", AuthorityFile = parsed.GetValue(Authority) ?? "", ApiKey = Environed("ELASTICSEARCH_API_KEY"),
        Credentials = new HttpCredentials { User = Environed("ELASTICSEARCH_USER"), Password = Environed("ELASTICSEARCH_PASSWORD") },
    });

    private static SplunkLogs Splunk(ParseResult parsed, Uri url) => new(new SplunkLogOptions
    {
        Url = url, Index = parsed.GetValue(Index) ?? "main", AuthorityFile = parsed.GetValue(Authority) ?? "", Token = Environed("SPLUNK_TOKEN"), User = Environed("SPLUNK_USER"), Password = Environed("SPLUNK_PASSWORD"),
    }, TimeProvider.System);

    private static string Environed(string name) => Environment.GetEnvironmentVariable(name) ?? "";

    private static Option<string> Sources()
    {
        var option = new Option<string>("--source") { Description = "Where the logs are: archive (files and archives), elasticsearch (OpenSearch too) or splunk. Credentials: ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USER and _PASSWORD; SPLUNK_TOKEN, or SPLUNK_USER and _PASSWORD.", DefaultValueFactory = _ => "archive" };
        option.AcceptOnlyFromAmong("archive", "elasticsearch", "splunk");
        return option;
    }
}
