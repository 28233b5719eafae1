using k8s;

namespace Prunella.Kubernetes.Connection;

/// <summary>Builds clients from the options; the one place that reads kubeconfig files.</summary>
public static class ClusterConnection
{
    /// <summary>A client for the configured cluster. The caller disposes it.</summary>
    /// <exception cref="ClusterConfigurationException">The kubeconfig is missing or malformed, or names no such context.</exception>
    public static k8s.Kubernetes CreateClient(KubernetesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var configuration = Read(options);
        configuration.UserAgent = "prunella";
        // Each request has its own deadline; the client's must not cut watches and execs short.
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        return new k8s.Kubernetes(configuration);
    }

    private static KubernetesClientConfiguration Read(KubernetesOptions options)
    {
        try
        {
            if (options.Kubeconfig is { Length: > 0 } path)
            {
                return File.Exists(path)
                    ? KubeconfigFile.Read(path, options.Context)
                    : throw new ClusterConfigurationException($"kubernetes:kubeconfig names {path}, which does not exist. Give an existing file, or leave it out to use the pod's service account or ~/.kube/config.");
            }
            return options.Context is null && KubernetesClientConfiguration.IsInCluster()
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubeconfigFile.Read(FromEnvironment(), options.Context);
        }
        catch (Exception exception) when (exception is k8s.Exceptions.KubeConfigException or IOException or YamlDotNet.Core.YamlException or UnauthorizedAccessException)
        {
            throw new ClusterConfigurationException(
                $"The Kubernetes configuration could not be read ({options.Kubeconfig ?? "default location"}, context {options.Context ?? "current"}): {exception.Message}. Set kubernetes:kubeconfig and kubernetes:context.", exception);
        }
    }

    // KUBECONFIG may list several files; the first that exists counts, else ~/.kube/config.
    private static string FromEnvironment() =>
        Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(File.Exists)
        ?? KubernetesClientConfiguration.KubeConfigDefaultLocation;
}

/// <summary>The cluster's configuration is missing or wrong.</summary>
/// <param name="message">What was read, what is wrong, what to set.</param>
/// <param name="inner">The cause.</param>
public sealed class ClusterConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
