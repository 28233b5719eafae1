using System.Globalization;
using System.Text;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Remediation.Actions;
using Microsoft.Extensions.DependencyInjection;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class CatalogueDocumentTests
{
    /// <summary>Set <c>PRUNELLA_WRITE_DOCS=1</c> to write the document in place of comparing it.</summary>
    [Fact]
    public void Actions_DocumentInDocs_IsTheCatalogue()
    {
        using var services = new ServiceCollection().AddKubernetes(new KubernetesOptions { Kubeconfig = WriteKubeconfig() }).BuildServiceProvider();
        var text = Write(new ActionCatalogue([services.GetRequiredService<IActionDriver>()]).All);
        var file = Path.Combine(Checkout.Root, "docs/actions.md");
        if (Environment.GetEnvironmentVariable("PRUNELLA_WRITE_DOCS") == "1") File.WriteAllText(file, text);
        File.ReadAllText(file).ShouldBe(text, "docs/actions.md is out of date: run this test with PRUNELLA_WRITE_DOCS=1");
    }

    // The catalogue needs no cluster, only a client that is never used.
    private static string WriteKubeconfig()
    {
        var file = Path.Combine(Path.GetTempPath(), "prunella-no-cluster.conf");
        File.WriteAllText(file, "apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters: [{name: x, cluster: {server: \"http://127.0.0.1:1\"}}]\nusers: [{name: x, user: {token: x}}]\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n");
        return file;
    }

    private static string Write(IReadOnlyList<ActionDescriptor> actions)
    {
        var text = new StringBuilder("""
            # Actions on Kubernetes

            Written from the catalogue by a test; do not edit. Classes are those of the seed: policy may only raise them. Actions of
            integrations (caches, hooks, databases) are not listed here.

            | action | class | touches | undo | what it does |
            |---|---|---|---|---|

            """);
        foreach (var action in actions) text.Append(CultureInfo.InvariantCulture, $"| [{action.Name}](#{action.Name}) | {Class(action)} | {Radius(action)} | {(action.Reversible ? "yes" : "no")} | {action.Summary} |\n");
        foreach (var action in actions.Where(action => action.Class != ActionClass.Forbidden)) WriteAction(text, action);
        text.Append("\n## Forbidden\n\nNothing carries these out, whoever asks.\n\n");
        foreach (var action in actions.Where(action => action.Class == ActionClass.Forbidden)) text.Append(CultureInfo.InvariantCulture, $"- <a id=\"{action.Name}\"></a>`{action.Name}`: {action.Summary}\n");
        return text.ToString();
    }

    private static void WriteAction(StringBuilder text, ActionDescriptor action)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {action.Name}\n\n{action.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- Class: {Class(action)}{(action.Class == ActionClass.NeedsApproval ? $"; an approval holds {Duration.Format(action.ApprovalExpiry)}" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Targets: {(action.TargetKinds.Count == 0 ? "any" : string.Join(", ", action.TargetKinds))}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Objects managed by Helm, Argo CD or Flux: {(action.PatchesSpecification ? "the change is proposed there, not made" : "allowed, the specification stays")}\n");
        if (action.Grows is { } resource) text.Append(CultureInfo.InvariantCulture, $"- Grows: {resource}, capped in all\n");
        text.Append(CultureInfo.InvariantCulture, $"- Must stay well for {Duration.Format(action.Soak)}, within {Duration.Format(action.SettleWithin)}\n- Risks: {action.Risks}\n");
        if (action.Parameters.Count == 0) return;
        text.Append("\n| parameter | kind | meaning |\n|---|---|---|\n");
        foreach (var parameter in action.Parameters) text.Append(CultureInfo.InvariantCulture, $"| `{parameter.Name}`{(parameter.Required ? " (required)" : "")} | {parameter.Kind.ToString().ToLowerInvariant()} | {parameter.Description}{Bounds(parameter)} |\n");
    }

    private static string Bounds(ParameterDescriptor parameter) => (parameter.Minimum, parameter.Maximum) switch
    {
        (null, null) => "",
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" At least {least}."),
        (null, { } most) => string.Create(CultureInfo.InvariantCulture, $" At most {most}."),
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $" {least} to {most}{(parameter.Kind == ParameterKind.Duration ? " seconds" : "")}."),
    };

    private static string Class(ActionDescriptor action) => action.Class switch { ActionClass.Safe => "safe", ActionClass.NeedsApproval => "approval", _ => "forbidden" };

    private static string Radius(ActionDescriptor action) => action.Radius switch
    {
        BlastRadius.None => "nothing that serves",
        BlastRadius.Pod => "one pod",
        BlastRadius.Workload => "a workload",
        BlastRadius.Node => "a node",
        _ => "a shared dependency",
    };
}
