namespace Prunella.Sandbox.Tests.Parity;

/// <summary>Manifests that both lanes can run: busybox is the only image the real one has.</summary>
internal static class Manifests
{
    public static string PodSpec(string script, string extra = "", string podExtra = "") =>
        $$"""{"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sh","-c","{{script}}"]{{(extra.Length > 0 ? "," + extra : "")}} }]{{(podExtra.Length > 0 ? "," + podExtra : "")}} }""";

    public static string Pod(string name, string script = "sleep 3600", string extra = "", string podExtra = "", string labels = "\"app\":\"x\"", string metadata = "") =>
        $$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name}}","labels":{ {{labels}} }{{(metadata.Length > 0 ? "," + metadata : "")}} },"spec":{{PodSpec(script, extra, podExtra)}} }""";

    public static string Deployment(string name, int replicas = 2, string script = "sleep 3600", string extra = "", string specExtra = "") =>
        $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{name}}"},"spec":{"replicas":{{replicas}},"selector":{"matchLabels":{"app":"{{name}}"} }{{(specExtra.Length > 0 ? "," + specExtra : "")}},"template":{"metadata":{"labels":{"app":"{{name}}"} },"spec":{{PodSpec(script, extra)}} } } }""";

    public static string ConfigMap(string name, string data = "\"k\":\"v\"", string metadata = "") =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"{{(metadata.Length > 0 ? "," + metadata : "")}} },"data":{ {{data}} } }""";
}
