using Prunella.Hosting;

namespace Prunella.Commands;

/// <summary>Loads the configuration for a command, or says everything that is wrong with it.</summary>
internal static class ConfigurationFile
{
    internal static ServerConfiguration LoadOrFail(string? file, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        ServerConfiguration loaded;
        try
        {
            loaded = ServerConfiguration.Load(file, overrides);
        }
        catch (ConfigurationUnreadableException unreadable)
        {
            throw new CommandFailedException(ExitCode.Configuration, unreadable.Message);
        }
        return loaded.Faults.Count == 0 ? loaded : throw new CommandFailedException(ExitCode.Configuration, Explain(loaded.Faults));
    }

    /// <summary>Every fault on a line of its own.</summary>
    internal static string Explain(IReadOnlyList<ConfigurationFault> faults) =>
        $"The configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}; nothing was started.\n" + string.Join('\n', faults.Select(fault => "  " + fault))
        + "\nEvery key, with default and bounds: prunella config reference";
}
