using System.CommandLine;
using System.Globalization;
using Prunella.Commands.Playbooks;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Connection;

namespace Prunella.Commands.Chaos;

/// <summary>What the verbs of <c>chaos</c> share.</summary>
internal sealed class ChaosInputs
{
    internal Option<string> Kubeconfig { get; } = new("--kubeconfig") { Description = "The cluster's kubeconfig. Never taken from the environment: chaos runs where it was told to.", HelpName = "FILE", Required = true };

    internal Option<string?> Context { get; } = new("--context") { Description = "The context of the kubeconfig.", HelpName = "NAME" };

    internal Option<string[]> Namespaces { get; } = new("--namespace", "-n") { Description = "A namespace in which chaos may run. May be given again.", HelpName = "NAME", Required = true };

    internal Option<bool> Yes { get; } = new("--yes") { Description = $"Yes, break things there. Not needed in namespaces labelled {ChaosGuard.Label}=allowed." };

    internal Option<int> Seed { get; } = new("--seed") { Description = "Chooses among pods; the same seed chooses the same of the same pods.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { Kubeconfig, Context, Namespaces, Yes, Seed, Output.FormatOption, ServerConnection.ServerOption, ServerConnection.TokenOption }) command.Add(option);
    }

    internal ServiceProvider Services(ParseResult parsed) => Services(parsed.GetRequiredValue(Kubeconfig), parsed.GetValue(Context));

    internal static ServiceProvider Services(string kubeconfig, string? context)
    {
        var options = new KubernetesOptions { Kubeconfig = kubeconfig, Context = context };
        // Chaos is short and waits on the API: it may ask faster than a controller that runs for months.
        options.RequestsPerSecondMax = 200;
        return PlaybookInputs.Services(options);
    }

    /// <summary>The server to tell; null when neither the option nor the environment names one.</summary>
    internal static ServerConnection? ServerOf(ParseResult parsed) =>
        parsed.GetValue(ServerConnection.ServerOption) is null && Environment.GetEnvironmentVariable("PRUNELLA_SERVER") is null ? null : ServerConnection.Open(parsed);

    /// <summary>A new id: the time, so that two runs never share one.</summary>
    internal static string NewId(DateTimeOffset now, int number) =>
        unchecked((uint)(now.ToUnixTimeMilliseconds() * 31 + number)).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Runs a body with the failures of clusters and files told as a command tells them.</summary>
    internal static async Task<ExitCode> TellingAsync(Func<Task<ExitCode>> body)
    {
        try
        {
            return await body();
        }
        catch (Kubernetes.Chaos.Reading.ChaosFileException faults)
        {
            throw new CommandFailedException(ExitCode.Configuration, faults.Message);
        }
        catch (Kubernetes.Snapshot.SnapshotUnreadableException failure)
        {
            throw new CommandFailedException(ExitCode.Configuration, failure.Message);
        }
        catch (ClusterConfigurationException failure)
        {
            throw new CommandFailedException(ExitCode.Configuration, failure.Message);
        }
        catch (ChaosRefusedException refused)
        {
            throw new CommandFailedException(ExitCode.Conflict, refused.Message);
        }
        catch (ClusterApiException failure)
        {
            throw new CommandFailedException(failure.Failure == ClusterFailure.Forbidden ? ExitCode.NotEntitled : ExitCode.Unreachable, failure.Message);
        }
    }
}
