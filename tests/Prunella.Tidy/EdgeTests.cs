using System.Xml.Linq;

namespace Prunella.Tidy;

/// <summary>The missing project references are safety rules; these tests keep them missing.</summary>
public class EdgeTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Prunella.Incidents"] = [],
        ["Prunella.Ledger"] = [],
        ["Prunella.Logs"] = [],
        ["Prunella.Traces"] = [],
        ["Prunella.Remediation"] = ["Prunella.Incidents", "Prunella.Ledger"],
        ["Prunella.Kubernetes"] = ["Prunella.Incidents", "Prunella.Remediation"],
        ["Prunella.Reasoning"] = ["Prunella.Incidents", "Prunella.Logs", "Prunella.Traces"],
        ["Prunella.Integrations"] = ["Prunella.Incidents", "Prunella.Ledger", "Prunella.Logs", "Prunella.Traces"],
        ["Prunella.Sandbox"] = [],
    };

    private static readonly Dictionary<string, string[]> AllowedPackages = new(StringComparer.Ordinal)
    {
        ["Prunella.Incidents"] = [],
        ["Prunella.Ledger"] = [],
        ["Prunella.Traces"] = [],
        ["Prunella.Logs"] = ["ZstdSharp.Port", "System.IO.Hashing"],
    };

    private static IEnumerable<(string Module, XDocument Project)> Modules =>
        SourceTree.Files("src", "*.csproj").Select(path => (Path.GetFileNameWithoutExtension(path), XDocument.Parse(SourceTree.Read(path))));

    [Fact]
    public void Modules_ReferenceOnlyWhatTheDesignAllows()
    {
        foreach (var (module, project) in Modules.Where(entry => entry.Module != "Prunella"))
        {
            var references = project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Allowed.ShouldContainKey(module, $"{module} is not in the design; name its allowed references here");
            references.Except(Allowed[module]).ShouldBeEmpty($"{module} references what it may not see");
        }
    }

    [Fact]
    public void BclOnlyModules_HaveNoPackages()
    {
        foreach (var (module, project) in Modules.Where(entry => AllowedPackages.ContainsKey(entry.Module)))
            project.Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value).Except(AllowedPackages[module]).ShouldBeEmpty(module);
    }

    [Fact]
    public void OnlyTheExecutableAndTheSandbox_SeeAspNet()
    {
        foreach (var (module, project) in Modules.Where(entry => entry.Module is not ("Prunella" or "Prunella.Sandbox")))
        {
            project.Root!.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk", module);
            project.Descendants("FrameworkReference").ShouldBeEmpty(module);
        }
    }

    [Fact]
    public void Remediation_KnowsNoKubernetes() =>
        SourceTree.Files("src/Prunella.Remediation", "*.cs").Where(path => SourceTree.Read(path).Contains("using k8s", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void EveryToolGivenToAModel_ComesFromAReadOnlyPlace()
    {
        var sources = SourceTree.Files("src", "*.cs").Select(path => (Path: path, Text: SourceTree.Read(path))).ToList();
        sources.Where(source => source.Text.Contains(": ReadOnlyTool", StringComparison.Ordinal) && !source.Path.Contains("/Tools/", StringComparison.Ordinal)).Select(source => source.Path).ShouldBeEmpty("tools of models live in a folder named Tools");
        sources.Where(source => source.Text.Contains("AIFunctionFactory", StringComparison.Ordinal)).Select(source => source.Path).ShouldBe(["src/Prunella.Reasoning/Tools/ToolBench.cs"], "a model is given declarations of read-only tools and nothing else");
        string[] writes = ["CommitAsync(", "ExecuteAsync(", "UndoAsync(", "AcceptAsync(", "HttpMethod.Post", "HttpMethod.Put", "HttpMethod.Patch", "HttpMethod.Delete", "File.Write", "Process.Start"];
        sources.Where(source => source.Text.Contains(": ReadOnlyTool", StringComparison.Ordinal) && writes.Any(write => source.Text.Contains(write, StringComparison.Ordinal))).Select(source => source.Path).ShouldBeEmpty("a tool of a model writes nothing");
    }

    [Fact]
    public void ProjectFiles_AreShortAndPinNoVersions()
    {
        foreach (var path in SourceTree.Files("src", "*.csproj").Concat(SourceTree.Files("tests", "*.csproj")).Concat(SourceTree.Files("bench", "*.csproj")))
        {
            var text = SourceTree.Read(path);
            text.Split('\n').Length.ShouldBeLessThan(70, path);
            XDocument.Parse(text).Descendants("PackageReference").Where(package => package.Attribute("Version") is not null).ShouldBeEmpty($"{path}: versions live in Directory.Packages.props");
        }
    }

    [Fact]
    public void EveryProject_IsInTheSolution()
    {
        var solution = SourceTree.Read("Prunella.slnx");
        foreach (var path in SourceTree.Files("src", "*.csproj").Concat(SourceTree.Files("tests", "*.csproj")).Concat(SourceTree.Files("bench", "*.csproj")))
            solution.ShouldContain($"\"{path}\"");
    }
}
