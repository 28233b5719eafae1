using System.Text.Json;
using Prunella.Incidents;
using Prunella.Reasoning.Tools;
using Prunella.Traces.Sources;
using Prunella.Traces.Scenarios;

namespace Prunella.Tests.Reasoning;

public sealed class TraceFindingsToolTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-trace-tool-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItTellsOfTheServiceInTrouble_AndOfNoOther()
    {
        (await AskAsync("shop")).ShouldBe("no traces were received");
        using (var store = new TraceStore(new TraceStoreOptions { Directory = folder }))
        {
            var traffic = new ShopTraffic(4);
            for (var index = 0; index < 40; index++) store.Append(WireFormats.OtlpProtobuf(traffic.Trace(40)));
            (await AskAsync("storefront")).ShouldContain(" calls, ");
            (await AskAsync("nobody")).ShouldBe("40 traces, none of nobody");
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<string> AskAsync(string name) => new TraceFindingsTool(folder, new Target("default", "shop", "Deployment", name), TimeProvider.System.GetUtcNow(), TimeProvider.System).ReadAsync(JsonSerializer.SerializeToElement(new { }), Cancellation);
}
