using System.CommandLine;
using Prunella.Commands;

namespace Prunella.Tests.Commands;

public sealed class CommandReferenceTests
{
    [Fact]
    public void CliPage_IsCurrent() => GeneratedPage.ShouldBeCurrent("cli.md", CommandReference.Write());

    [Fact]
    public void EveryExample_IsUnderstood()
    {
        var root = RootCommands.Create();
        var examples = Verbs(root).SelectMany(verb => verb.Examples).ToList();
        examples.Count.ShouldBeGreaterThan(25);
        foreach (var example in examples)
        {
            example.Line.ShouldStartWith("prunella ");
            var line = example.Line.Split(" > ")[0].Split(" | ")[0]["prunella ".Length..];
            root.Parse(line).Errors.ShouldBeEmpty(example.Line);
        }
    }

    [Fact]
    public void EveryVerbOfTheServer_HasAnExample() => Verbs(RootCommands.Create()).ShouldAllBe(verb => verb.Examples.Count > 0);

    private static IEnumerable<VerbCommand> Verbs(Command command) =>
        command.Subcommands.SelectMany(Verbs).Concat(command is VerbCommand verb ? [verb] : []);
}
