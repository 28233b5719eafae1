namespace Prunella.Kubernetes.Connection;

/// <summary>
/// The label names under which exporters write what a series is about. Within a list the first present label wins;
/// <c>exported_*</c> stands first because it is what the exporter said before the scraper's own labels displaced it.
/// </summary>
public sealed class TargetLabelOptions
{
    /// <summary>The namespace.</summary>
    public IList<string> Namespace { get; } = ["exported_namespace", "namespace", "kubernetes_namespace", "k8s_namespace_name", "kube_namespace"];

    /// <summary>A pod.</summary>
    public IList<string> Pod { get; } = ["exported_pod", "pod", "pod_name", "kubernetes_pod_name", "k8s_pod_name"];

    /// <summary>A container; only narrows.</summary>
    public IList<string> Container { get; } = ["exported_container", "container", "container_name", "k8s_container_name"];

    /// <summary>A service.</summary>
    public IList<string> Service { get; } = ["exported_service", "service", "service_name", "kubernetes_service_name"];

    /// <summary>A node by name.</summary>
    public IList<string> Node { get; } = ["exported_node", "node", "nodename", "kubernetes_node", "k8s_node_name"];

    /// <summary>A node or pod by address.</summary>
    public IList<string> Instance { get; } = ["exported_instance", "instance"];

    /// <summary>The application's name as its pods carry it in <c>app</c> or <c>app.kubernetes.io/name</c>.</summary>
    public IList<string> App { get; } = ["app", "app_kubernetes_io_name", "label_app", "label_app_kubernetes_io_name", "k8s_app"];
}
