using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Tests.Reasoning;

/// <summary>The configuration of a scripted model, with the key in a variable as a site would have it.</summary>
internal static class ModelConfiguration
{
    private const string Variable = "PRUNELLA_TEST_MODEL_KEY";

    internal static Dictionary<string, string?> Of(ScriptedModel model)
    {
        Environment.SetEnvironmentVariable(Variable, ScriptedModel.Key);
        var configuration = new Dictionary<string, string?>
        {
            ["reasoning:providers:main:kind"] = model.Kind.ToString(), ["reasoning:providers:main:endpoint"] = model.Endpoint, ["reasoning:providers:main:credential"] = $"env:{Variable}",
            ["reasoning:providers:main:timeout"] = "2m", ["reasoning:within"] = "5m", ["reasoning:dollarsPerDay"] = "1000", ["reasoning:dollarsPerMonth"] = "1000",
        };
        foreach (var tier in new[] { "small", "medium", "large" })
            (configuration[$"reasoning:{tier}:model"], configuration[$"reasoning:{tier}:inputPrice"], configuration[$"reasoning:{tier}:outputPrice"]) = ("test-model", "1", "5");
        return configuration;
    }

    /// <summary>The same as a file.</summary>
    internal static string FileOf(ScriptedModel model, string folder)
    {
        var path = Path.Combine(folder, "prunella.yaml");
        using var text = new StreamWriter(path);
        text.WriteLine("reasoning:");
        text.WriteLine($"  providers: {{ main: {{ kind: {model.Kind}, endpoint: \"{model.Endpoint}\", credential: \"env:{Variable}\", timeout: 2m }} }}");
        foreach (var tier in new[] { "small", "medium", "large" }) text.WriteLine($"  {tier}: {{ model: test-model, inputPrice: 1, outputPrice: 5 }}");
        Environment.SetEnvironmentVariable(Variable, ScriptedModel.Key);
        return path;
    }
}
