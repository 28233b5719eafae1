using System.CommandLine;
using Prunella.Integrations.Cdn;
using Prunella.Integrations.Postgres;
using Prunella.Integrations.Redis;
using Prunella.Integrations.Webhook;
using Prunella.Kubernetes;
using Prunella.Kubernetes.Connection;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary>What the verbs of <c>playbook</c> share: the catalogue, the files, the variables.</summary>
internal sealed class PlaybookInputs
{
    internal Option<string[]> Paths { get; } = new("--playbooks") { Description = "Your own playbooks: files, or directories with *.yaml. May be given again.", HelpName = "PATH", AllowMultipleArgumentsPerToken = true };

    internal Option<string[]> Variables { get; } = new("--variable") { Description = "Replaces a variable of the playbooks: poolMax=my_pool_size. May be given again.", HelpName = "NAME=VALUE" };

    /// <summary>Every module's actions; nothing is connected to.</summary>
    /// <param name="kubernetes">Which cluster; null when none will be asked.</param>
    internal static ServiceProvider Services(KubernetesOptions? kubernetes)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKubernetes(kubernetes ?? new KubernetesOptions());
        // Without a cluster the actions are only described; a client must exist all the same, and leads nowhere.
        if (kubernetes is null) services.AddSingleton(_ => new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = "http://127.0.0.1:1" }));
        services.AddRedisCaches(new RedisOptions()).AddPostgresPools(new PostgresPoolsOptions()).AddCdns(new CdnOptions()).AddHooks(new HookOptions());
        services.AddSingleton<ActionCatalogue>();
        return services.BuildServiceProvider();
    }

    /// <summary>The shipped playbooks and those named.</summary>
    /// <exception cref="CommandFailedException">Something in them is wrong; the message holds every error.</exception>
    internal PlaybookSet Load(ParseResult parsed, ActionCatalogue catalogue)
    {
        var options = new PlaybookOptions();
        foreach (var path in parsed.GetValue(Paths) ?? []) options.Paths.Add(path);
        foreach (var (name, value) in VariablesOf(parsed)) options.Variables[name] = value;
        try
        {
            return PlaybookExtensions.Load(options, catalogue.All);
        }
        catch (PlaybookInvalidException invalid)
        {
            throw new CommandFailedException(ExitCode.No, string.Join('\n', invalid.Problems));
        }
    }

    internal Dictionary<string, string> VariablesOf(ParseResult parsed)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (var given in parsed.GetValue(Variables) ?? [])
        {
            var parts = given.Split('=', 2);
            variables[parts[0]] = parts.Length == 2 ? parts[1] : throw new CommandFailedException(ExitCode.Usage, $"--variable {given}: write NAME=VALUE.");
        }
        return variables;
    }
}
