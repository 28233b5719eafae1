using System.Diagnostics;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Tests.Workloads;

public sealed class WorkloadSurveyTests
{
    // 300 workloads, as a cluster of 2 000 pods has them, with templates of a realistic size.
    private static string Page()
    {
        var environment = string.Join(',', Enumerable.Range(0, 30).Select(index => $"{{\"name\":\"VARIABLE_{index}\",\"value\":\"{new string('x', 40)}\"}}"));
        var items = Enumerable.Range(0, 100).Select(index =>
            $"{{\"metadata\":{{\"name\":\"w{index}\",\"namespace\":\"n{index % 10}\"}},\"spec\":{{\"replicas\":7,\"template\":{{\"spec\":{{\"containers\":[{{\"name\":\"app\",\"env\":[{environment}]}}]}}}}}},\"status\":{{\"readyReplicas\":{(index % 5 == 0 ? 6 : 7)}}}}}");
        return $"{{\"metadata\":{{}},\"items\":[{string.Join(',', items)}]}}";
    }

    [Fact]
    public async Task CountAsync_ManyAtOnce_AskTheClusterOnceEachKind()
    {
        await using var server = new ScriptedApi(new Reply(200, Page()));
        using var api = server.Connect();
        using var survey = new WorkloadSurvey(api, new KubernetesOptions { SurveyAge = TimeSpan.FromMinutes(1) }, TimeProvider.System);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => survey.CountAsync($"n{index % 10}", TestContext.Current.CancellationToken)));
        TestContext.Current.SendDiagnosticMessage($"200 surveys of 300 workloads: {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds:0} ms of processor time");
        server.Requests.Count.ShouldBe(3);
        answers[0].ShouldBe(new Surroundings(30, 30, 300, 60));
        answers[1].ShouldBe(new Surroundings(30, 0, 300, 60));
    }

    [Fact]
    public async Task CountAsync_AnswerTooOld_AsksAgain()
    {
        await using var server = new ScriptedApi(new Reply(200, Page()));
        using var api = server.Connect();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var survey = new WorkloadSurvey(api, new KubernetesOptions(), time);
        await survey.CountAsync("n1", TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(1.9));
        await survey.CountAsync("n1", TestContext.Current.CancellationToken);
        server.Requests.Count.ShouldBe(3);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await survey.CountAsync("n1", TestContext.Current.CancellationToken);
        server.Requests.Count.ShouldBe(6);
    }
}
