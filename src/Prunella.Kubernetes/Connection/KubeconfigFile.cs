using k8s;
using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Prunella.Kubernetes.Connection;

/// <summary>
/// Reads a kubeconfig file. The client library's own reader prepares the YAML of every type of the API first: 5 900 types, which are
/// 90 MB of a process that never writes YAML (bench/results/operator.md).
/// </summary>
internal static class KubeconfigFile
{
    private const int BytesMax = 16 << 20;

    /// <summary>The configuration of a context.</summary>
    /// <param name="path">The file.</param>
    /// <param name="context">The context; null for the file's current one.</param>
    /// <exception cref="IOException">The file cannot be read, or is beyond 16 MiB.</exception>
    /// <exception cref="YamlException">It is no kubeconfig.</exception>
    /// <exception cref="k8s.Exceptions.KubeConfigException">It has no such context, or a context that cannot be used.</exception>
    internal static KubernetesClientConfiguration Read(string path, string? context)
    {
        var file = new FileInfo(path);
        if (file.Length > BytesMax) throw new IOException($"{path} has {file.Length} bytes; a kubeconfig has at most {BytesMax}");
        using var reader = file.OpenText();
        var content = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build().Deserialize<K8SConfiguration?>(reader)
            ?? throw new k8s.Exceptions.KubeConfigException($"{path} is empty");
        // Certificates and tokens may be named relative to the file.
        content.FileName = file.FullName;
        return KubernetesClientConfiguration.BuildConfigFromConfigObject(content, context);
    }
}
