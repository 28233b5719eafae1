using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Connection;
using Prunella.Remediation.Actions;

namespace Prunella.Kubernetes.Tests.Causes;

public sealed class CauseCatalogueTests
{
    /// <summary>Set <c>PRUNELLA_WRITE_DOCS=1</c> to write the document in place of comparing it.</summary>
    [Fact]
    public void CausesPage_IsTheCatalogue()
    {
        var file = Path.Combine(Checkout.Root, "docs/causes.md");
        var text = Write(Catalogue());
        if (Environment.GetEnvironmentVariable("PRUNELLA_WRITE_DOCS") == "1") File.WriteAllText(file, text);
        File.ReadAllText(file).ShouldBe(text, "docs/causes.md is out of date: run this test with PRUNELLA_WRITE_DOCS=1");
    }

    [Fact]
    public void EveryCause_HasANameOfItsOwn() =>
        CauseCatalogue.All.Select(cause => cause.Descriptor.Name).ShouldBeUnique();

    [Fact]
    public void EveryCauseClass_IsInTheCatalogue() =>
        typeof(Cause).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(Cause))).Select(type => type.Name)
            .ShouldBe(CauseCatalogue.All.Select(cause => cause.GetType().Name), ignoreOrder: true);

    [Fact]
    public void EveryAction_IsOneOfTheActionCatalogueAndNotForbidden()
    {
        var actions = Catalogue();
        foreach (var cause in CauseCatalogue.All)
            foreach (var action in cause.Descriptor.Actions) actions.Find(action).ShouldNotBeNull($"{cause.Descriptor.Name}: {action}").Class.ShouldNotBe(ActionClass.Forbidden);
    }

    [Fact]
    public void EveryCause_HasATestFileOfItsOwn()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests/Prunella.Kubernetes.Tests/Causes"), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileName).ToHashSet();
        CauseCatalogue.All.Select(cause => cause.GetType().Name + "Tests.cs").Where(name => !files.Contains(name)).ShouldBeEmpty();
    }

    private static ActionCatalogue Catalogue()
    {
        var services = new ServiceCollection().AddKubernetes(new KubernetesOptions()).AddSingleton(_ => new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = "http://127.0.0.1:1" })).BuildServiceProvider();
        return new ActionCatalogue([services.GetRequiredService<IActionDriver>()]);
    }

    private static string Write(ActionCatalogue actions)
    {
        var text = new StringBuilder("""
            # Causes

            Written from the catalogue by a test; do not edit. `prunella diagnose` looks for these in a live cluster or in saved objects, without a
            model and without a server. A proposal is judged by the gate; what only a person can supply is named, never invented. How to
            [add a cause](how-to/add-a-cause.md); what the [actions](actions.md) do.

            "symptom" marks what any failure leads to: it stands alone only when nothing nearer explains it. A hint is told and counts as nothing wrong.

            """);
        foreach (var group in CauseCatalogue.All.GroupBy(cause => cause.Descriptor.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {group.Key}\n\n| cause | how it is recognised | what is done | action: class, undo |\n|---|---|---|---|\n");
            foreach (var cause in group)
            {
                var descriptor = cause.Descriptor;
                var mark = descriptor.Layer switch { CauseLayer.Symptom => " (symptom)", CauseLayer.Hint => " (hint)", _ => "" };
                var done = descriptor.Actions.Count == 0 ? "–" : string.Join("; ", descriptor.Actions.Select(name => actions.Find(name)!).Select(action => $"{action.Name}: {(action.Class == ActionClass.Safe ? "safe" : "asks")}, {(action.Reversible ? "undone" : "no undo")}"));
                text.Append(CultureInfo.InvariantCulture, $"| `{descriptor.Name}`{mark} | {descriptor.RecognisedBy} | {descriptor.Done} | {done} |\n");
            }
        }
        return text.ToString();
    }
}
