using System.Text.Json;
using CsCheck;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Naming;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Rating;
using Prunella.Reasoning.Redaction;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Reasoning.Tools;

namespace Prunella.Reasoning.Tests.Redaction;

/// <summary>What is too long is cut after redaction: half of a secret has no shape by which it could be known.</summary>
public class CutTests
{
    private const string Secret = "sk-ant-api03-Zq8vW2xY4nB7mK1pL9rT5uE3";
    private static readonly object Fine = new { ok = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASecretAcrossTheEndOfTheQuestion_LeavesNothingOfItself()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(Fine));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => (options.Small.QuestionMax, options.Cache.Enabled) = (500, false)));
        // Whatever the tokenizer makes of it: the cut falls into the secret at one of these lengths.
        for (var words = 430; words < 500; words += 3)
        {
            var data = $"{string.Concat(Enumerable.Repeat("word ", words))}{Secret} {string.Concat(Enumerable.Repeat("tail ", 200))}";
            await bench.Reasoner.AskAsync(new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("log", data)], Read = _ => "yes" }, Cancellation);
        }
        model.Received.ShouldContain("cut: the question is too long");
        ShouldHoldNothingOf(model.Received);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(36)]
    public async Task ASecretAcrossTheEndOfAToolsResult_LeavesNothingOfItself(int inside)
    {
        var result = new string(' ', ToolBench.ResultCharactersMax - inside) + Secret + new string(' ', 100);
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Call(("tell", new { })), ModelReply.Say(Fine));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        await bench.Reasoner.AskAsync(new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("x", "y")], Tools = [new TellTool(result)], Read = _ => "yes" }, Cancellation);
        model.Received.ShouldContain("cut; ask for less");
        ShouldHoldNothingOf(model.Received);
    }

    [Fact]
    public async Task ASecretAcrossTheEndOfATemplate_LeavesNothingOfItself()
    {
        var templates = Enumerable.Range(0, 40).Select(index => new RatedTemplate($"t{index}", $"{new string('x', 370 + index)} {Secret} and {new string('y', 500)}", 1, Prunella.Logs.Classification.LineClass.Routine)).ToList();
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say("no"));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        (await new TemplateRater(bench.Reasoner).RateAsync(templates, Cancellation)).Ratings.Count.ShouldBe(40);
        await new FieldNamer(bench.Reasoner).NameAsync([.. Enumerable.Range(0, 40).Select(index => new UnnamedTemplate($"t{index}", $"{new string('x', 1_100 + 3 * index)} {Secret} {new string('y', 500)}", [], 1))], Cancellation);
        model.Received.ShouldContain("…");
        model.Received.ShouldNotContain(new string('y', 200));
        ShouldHoldNothingOf(model.Received);
    }

    [Theory]
    [InlineData("connect with sk-ant-api03-Zq8v…", "connect with …")]
    [InlineData("url postgres://shop:hunter2-and-mo…\nnext line … fine", "url …\nnext line … fine")]
    [InlineData("…", "…")]
    [InlineData("nothing was cut", "nothing was cut")]
    public void WhatWasCutBeforeItCameHere_LosesTheWordInWhichItWasCut(string text, string expected) => CallRedactor.WithoutOpenEnds(text).ShouldBe(expected);

    [Fact]
    public void Cut_NeverLeavesAPartOfAPlaceholder() =>
        Gen.Select(Gen.String[Gen.Char["ab <>-1"], 0, 40], Gen.String[Gen.Char["ab <>-1"], 0, 40], Gen.Int[0, 140]).Sample((before, after, most) =>
        {
            const string Nonce = "0123456789abcdef0123456789abcdef";
            var redactor = new CallRedactor(Nonce, new ModelRedactionOptions());
            var redacted = redactor.Redact($"{before} {Secret} {after}");
            var cut = redactor.Cut(redacted, most);
            cut.Length.ShouldBeLessThanOrEqualTo(most);
            redacted.ShouldStartWith(cut);
            (cut.Contains("<key-1-0", StringComparison.Ordinal) && !cut.Contains($"<key-1-{Nonce}>", StringComparison.Ordinal)).ShouldBeFalse(cut);
        });

    private static void ShouldHoldNothingOf(string received)
    {
        // Six signs of the part that is secret are a part of it.
        for (var at = "sk-ant-api03-".Length; at + 6 <= Secret.Length; at++) received.ShouldNotContain(Secret.Substring(at, 6));
    }

    private sealed class TellTool(string text) : ReadOnlyTool
    {
        public override string Name => "tell";

        public override string Description => "Tells.";

        public override string Schema => """{"type":"object","additionalProperties":false,"properties":{}}""";

        public override Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation) => Task.FromResult(text);
    }
}
