namespace Prunella.Hosting;

/// <summary>
/// The configuration from file, environment (<c>PRUNELLA__SECTION__KEY</c>) and flags, the later before the earlier, checked
/// as a whole.
/// </summary>
/// <param name="Root">All of it.</param>
/// <param name="File">The file; null when there is none.</param>
/// <param name="Faults">Everything wrong with it.</param>
internal sealed record ServerConfiguration(IConfigurationRoot Root, YamlConfiguration? File, IReadOnlyList<ConfigurationFault> Faults)
{
    internal const string DefaultFile = "prunella.yaml";
    internal const string EnvironmentPrefix = "PRUNELLA__";

    /// <summary>Reads and checks.</summary>
    /// <param name="file">The file asked for; null for <see cref="DefaultFile"/> where it exists.</param>
    /// <param name="overrides">Keys that come before everything else.</param>
    /// <exception cref="ConfigurationUnreadableException">The file is missing or no YAML.</exception>
    internal static ServerConfiguration Load(string? file, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        if (file is null && System.IO.File.Exists(DefaultFile)) file = DefaultFile;
        var yaml = file is null ? null : YamlConfiguration.Read(file);
        var builder = new ConfigurationBuilder();
        if (yaml is not null) builder.Add(yaml);
        builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(overrides);
        var check = new ConfigurationCheck(builder.Build(), yaml);
        var faults = check.Run(ConfigurationSections.All);
        return new ServerConfiguration(builder.AddInMemoryCollection(check.Durations).Build(), yaml, faults);
    }
}
