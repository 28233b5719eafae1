using System.CommandLine;
using System.Text.Json;

namespace Prunella.Commands.Traces;

public sealed class TraceDocsTests
{
    private static readonly string Root = Checkout.Root;

    public static TheoryData<string> Lines => [.. File.ReadLines(Path.Combine(Root, "docs", "traces.md")).Select(line => line.Trim()).Where(line => line.StartsWith("prunella traces ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task EveryExampleOfTheDocument_Works(string line)
    {
        var (code, text, error) = await RunAsync(line["prunella ".Length..]);
        code.ShouldBe(0, error);
        text.ShouldNotBeEmpty();
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task CriticalPathJson_HasTheDocumentedShapeAndTheSameBytesAtAnyThreadCount()
    {
        var (_, one, _) = await RunAsync("traces critical-path samples/traces/shop-jaeger.json --slowest 1 --output json --threads 1");
        var (_, four, _) = await RunAsync("traces critical-path samples/traces/shop-jaeger.json --slowest 1 --output json --threads 4");
        four.ShouldBe(one);
        using var json = JsonDocument.Parse(one);
        json.RootElement.EnumerateObject().Select(property => property.Name)
            .ShouldBe(["traceId", "rootSpanId", "durationUs", "sections", "exclusiveUs", "totalWorkUs", "savedOnWorkUs", "savedOnPathUs"]);
    }

    [Fact]
    public async Task AFileThatIsNoTrace_IsNamedAndGivesCode3()
    {
        var (code, _, error) = await RunAsync("traces analyze docs/traces.md");
        code.ShouldBe(3);
        error.ShouldContain("traces.md");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var arguments = line.Split(' ').Select(word => word.StartsWith("samples/", StringComparison.Ordinal) || word.StartsWith("docs/", StringComparison.Ordinal) ? Path.Combine(Root, word) : word).ToArray();
        var code = await RootCommands.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
