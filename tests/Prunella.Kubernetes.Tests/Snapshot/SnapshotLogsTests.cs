using System.Text;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Tests.Causes;
using Prunella.Kubernetes.Tests.Connection;

namespace Prunella.Kubernetes.Tests.Snapshot;

public sealed class SnapshotLogsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilentNode_IsNotAskedForLogs()
    {
        await using var api = new ScriptedApi(new Reply(200, "line"));

        await ReadAsync(api, Written.Pod() + Node("Unknown"));

        api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task NodeThatAnswers_IsAsked()
    {
        await using var api = new ScriptedApi(new Reply(200, "line"));

        (await ReadAsync(api, Written.Pod() + Node("True"))).LogsOf(Pod(Written.Pod())).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task KubeletHangs_CostsSecondsAndIsTold_TheSnapshotStands()
    {
        await using var api = new ScriptedApi(new Reply(200, "line", Delay: TimeSpan.FromSeconds(20)));
        var began = TimeProvider.System.GetTimestamp();

        var snapshot = await ReadAsync(api, Written.Pod() + Node("True"));

        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(9));
        snapshot.Unread.ShouldHaveSingleItem().ShouldContain("shop/api-7d9f-x1/app: no answer within 5 s");
        snapshot.Pods.ShouldHaveSingleItem();
    }

    private static string Node(string ready) => $"---\napiVersion: v1\nkind: Node\nmetadata: {{ name: node1 }}\nstatus: {{ conditions: [{{ type: Ready, status: '{ready}' }}] }}\n";

    private static Container Pod(string yaml) => Diagnosed.Snapshot(yaml).Pods.Single().Containers.Single();

    private static async Task<ClusterSnapshot> ReadAsync(ScriptedApi api, string yaml)
    {
        var builder = new SnapshotBuilder().AddText("test", Encoding.UTF8.GetBytes(yaml));
        await new SnapshotLogs(api.Connect(), TimeProvider.System).AddAsync(builder, builder.Build(), about: null, Cancellation);
        return builder.Build();
    }
}
