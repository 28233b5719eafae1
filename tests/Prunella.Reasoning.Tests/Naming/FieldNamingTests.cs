using System.Text;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Naming;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Naming;

public sealed class FieldNamingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-names-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("user=<*> tenant: <*> ok", new[] { SlotKind.Text, SlotKind.Text }, "user,tenant", "tenant_ok")]
    [InlineData("lease of <*> moved from <*> to <*>", new[] { SlotKind.Identifier, SlotKind.Address, SlotKind.Address }, "identifier,source_address,target_address", "lease_moved")]
    [InlineData("request <*> served in <*> ms, <*> bytes", new[] { SlotKind.Number, SlotKind.Number, SlotKind.Number }, "request,duration_ms,size_bytes", "request_served")]
    [InlineData("charge <*> timed out after <*> ms", new[] { SlotKind.Number, SlotKind.Number }, "charge,duration_ms", "charge_timed_out")]
    [InlineData("pool has <*> connections", new[] { SlotKind.Number }, "connections", "pool_connections")]
    [InlineData("block <*> block <*>", new[] { SlotKind.Identifier, SlotKind.Identifier }, "block,block_2", "block_block")]
    [InlineData("<*><*>", new[] { SlotKind.Hex, SlotKind.Uuid }, "hex,uuid", "line")]
    [InlineData("\"Größe\"=<*> DROP TABLE; <*>", new[] { SlotKind.Number, SlotKind.Path }, "e,path", "drop_table")]
    public void BuiltInNames_ComeFromKeysNeighboursUnitsAndKinds(string template, SlotKind[] kinds, string fields, string named)
    {
        var names = BuiltInNames.Of(new UnnamedTemplate(new string('0', 16), template, kinds, 1));
        string.Join(',', names.Fields).ShouldBe(fields);
        names.Event.ShouldBe(named);
        names.Problem.ShouldBe("");
    }

    [Theory]
    [InlineData("a <*> b <*>", "a 1 b 2 3", "1|2 3")]
    [InlineData("<*> done", "x done", "x")]
    [InlineData("took <*>ms", "took 12ms", "12")]
    [InlineData("<*>=<*>", "k=v=w", "k|v=w")]
    [InlineData("a <*> b", "a 1 c", null)]
    [InlineData("a <*> b", "b 1 b", null)]
    [InlineData("a", "ab", null)]
    [InlineData("a <*> b <*>", "a 1", null)]
    public void ACutter_FindsTheValuesOfAMessage_OrNone(string template, string message, string? values)
    {
        var cutter = new ValueCutter(template);
        var bytes = Encoding.UTF8.GetBytes(message);
        var ranges = new Range[4];
        (cutter.TryCut(bytes, ranges) ? string.Join('|', ranges.Take(cutter.Count).Select(range => Encoding.UTF8.GetString(bytes[range]))) : null).ShouldBe(values);
    }

    [Fact]
    public async Task AModelsNames_AreCheckedKept_AndAppliedWithoutIt()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { templates = new[] { new { number = 1, @event = "request_served", fields = new[] { "order_id", "latency_ms" } } } }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var named = await new FieldNamer(bench.Reasoner).NameAsync([Served], Cancellation);
        named.Names.ShouldHaveSingleItem().By.ShouldBe("test-model");
        var path = Path.Combine(folder, "names.json");
        var learned = new LearnedNames();
        learned.Add(named.Names[0]);
        learned.Save(path);

        var again = LearnedNames.Load(path);
        TemplateId.TryParse(Served.Id, out var id).ShouldBeTrue();
        var values = new Range[8];
        var message = "request 4711 served in 12 ms"u8.ToArray();
        again.Cut(id, message, values)!.Fields.ShouldBe(["order_id", "latency_ms"]);
        (Encoding.UTF8.GetString(message[values[0]]), Encoding.UTF8.GetString(message[values[1]])).ShouldBe(("4711", "12"));
        again.Cut(id, "something else"u8, values).ShouldBeNull();
        model.Requests.Count.ShouldBe(1);
        model.Received.ShouldNotContain("4711");
    }

    [Theory]
    [InlineData("request served", "a", "b")]
    [InlineData("ok", "a", "a")]
    [InlineData("ok", "a", "B; rm -rf /")]
    [InlineData("ok", "a", "b", "c")]
    public async Task NamesThatDoNotFit_LeaveTheBuiltInOnes(string named, params string[] fields)
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { templates = new[] { new { number = 1, @event = named, fields } } }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var names = await new FieldNamer(bench.Reasoner).NameAsync([Served], Cancellation);
        (names.Names[0].By, string.Join(',', names.Names[0].Fields)).ShouldBe(("built-in", "request,duration_ms"));
        names.Note.ShouldContain("templates: number 1");
    }

    [Fact]
    public async Task WithoutAModel_EveryTemplateHasNames_ForNothing()
    {
        var names = await new FieldNamer(new NoModel()).NameAsync([.. Enumerable.Range(0, 120).Select(_ => Served)], Cancellation);
        (names.Names.Count, names.Dollars, names.Note).ShouldBe((120, 0, NoModel.Text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{\"id\":\"x\",\"text\":\"a <*>\",\"event\":\"e\",\"fields\":[\"f\"],\"by\":\"me\"}]")]
    [InlineData("[{\"id\":\"00000000000000ff\",\"text\":\"a <*>\",\"event\":\"e\",\"fields\":[],\"by\":\"me\"}]")]
    [InlineData("[{\"id\":\"00000000000000ff\"}]")]
    public void AFileThatCannotBeApplied_IsNamed(string text)
    {
        var path = Path.Combine(folder, "wrong.json");
        File.WriteAllText(path, text);
        Should.Throw<FormatException>(() => LearnedNames.Load(path)).Message.ShouldContain(path);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static UnnamedTemplate Served { get; } = new("00000000000000ff", "request <*> served in <*> ms", [SlotKind.Number, SlotKind.Number], 10);
}
