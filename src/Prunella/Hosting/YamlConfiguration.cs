using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Prunella.Hosting;

/// <summary>A configuration file that cannot be read.</summary>
internal sealed class ConfigurationUnreadableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A configuration file, YAML or JSON (which is YAML), as keys with the lines they stand on.</summary>
internal sealed class YamlConfiguration : IConfigurationSource
{
    // A file of aliases of aliases would otherwise grow without end.
    private const int KeysMax = 10_000;
    private readonly Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> lines = new(StringComparer.OrdinalIgnoreCase);

    private YamlConfiguration(string path) => Path = path;

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationUnreadableException">It is missing, unreadable or not YAML; the message names the place.</exception>
    internal static YamlConfiguration Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Read(path, reader);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationUnreadableException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Reads a text, naming it <paramref name="path"/>.</summary>
    internal static YamlConfiguration Read(string path, TextReader reader)
    {
        var source = new YamlConfiguration(path);
        try
        {
            var stream = new YamlStream();
            stream.Load(reader);
            if (stream.Documents.Count > 1) throw new ConfigurationUnreadableException($"{path}: expected one document, found {stream.Documents.Count}");
            if (stream.Documents.Count == 1) source.Flatten(stream.Documents[0].RootNode, "", depth: 0);
        }
        catch (YamlException failure)
        {
            throw new ConfigurationUnreadableException($"{path}:{failure.Start.Line}:{failure.Start.Column}: {failure.Message}", failure);
        }
        return source;
    }

    /// <summary>Keys that stand in the file with nothing below them, which a configuration root does not show.</summary>
    internal IEnumerable<string> EmptyKeys => lines.Keys.Where(key => !values.ContainsKey(key) && !values.Keys.Any(other => other.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The line of a key, or null when it is not of this file.</summary>
    internal long? LineOf(string key) => lines.TryGetValue(key, out var line) ? line : null;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(values);

    private void Flatten(YamlNode node, string key, int depth)
    {
        if (values.Count > KeysMax || depth > 32) throw new ConfigurationUnreadableException($"{Path}:{node.Start.Line}: more than {KeysMax} keys, or nested deeper than 32");
        if (key.Length > 0) lines[key] = node.Start.Line;
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (name, value) in mapping.Children)
                {
                    if (name is not YamlScalarNode { Value: { Length: > 0 } text }) throw new ConfigurationUnreadableException($"{Path}:{name.Start.Line}: expected a name");
                    var child = key.Length == 0 ? text : ConfigurationPath.Combine(key, text);
                    Flatten(value, child, depth + 1);
                    lines[child] = name.Start.Line;
                }
                break;
            case YamlSequenceNode sequence:
                for (var index = 0; index < sequence.Children.Count; index++)
                    Flatten(sequence.Children[index], ConfigurationPath.Combine(key, index.ToString(CultureInfo.InvariantCulture)), depth + 1);
                break;
            case YamlScalarNode scalar when key.Length > 0:
                values[key] = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" } ? null : scalar.Value;
                break;
            case YamlScalarNode { Value: not (null or "") }:
                throw new ConfigurationUnreadableException($"{Path}:{node.Start.Line}: expected sections such as \"server:\"");
        }
    }

    private sealed class Provider : ConfigurationProvider
    {
        public Provider(IDictionary<string, string?> values) => Data = values;
    }
}
