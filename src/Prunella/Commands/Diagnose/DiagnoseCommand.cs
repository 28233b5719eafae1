using System.CommandLine;
using Prunella.Commands.Playbooks;
using Prunella.Commands.Reasoning;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Reasoning;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Judging;

namespace Prunella.Commands.Diagnose;

/// <summary><c>prunella diagnose</c>: what is wrong in a cluster or in saved objects, why, and what may help. Reads; never acts; needs no server.</summary>
internal static class DiagnoseCommand
{
    internal static Command Create()
    {
        var target = new Argument<string?>("TARGET") { Description = "Only what concerns this workload or object, as deployment/api; says why when it is healthy.", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string[]>("--from") { Description = "Read objects from files (JSON or YAML, lists or many documents, events too) in place of a cluster; - for standard input.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var logs = new Option<string?>("--logs") { Description = "With --from: logs laid out as namespace/pod/container.log and container.previous.log.", HelpName = "DIR" };
        var metrics = new Option<string[]>("--metrics") { Description = "Series over time, as Prometheus answers query_range; memory trends are told from them.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The cluster's kubeconfig. Default: the pod's service account, else KUBECONFIG, else ~/.kube/config.", HelpName = "FILE" };
        var context = new Option<string?>("--context") { Description = "The context of the kubeconfig.", HelpName = "NAME" };
        var @namespace = new Option<string?>("--namespace", "-n") { Description = "The namespace. Default: default; with --from all that the files hold.", HelpName = "NAME" };
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Every namespace." };
        var command = new VerbCommand("diagnose", "Tell what is wrong in a cluster or in saved objects, why, and what may help. Exit code 0 when nothing is wrong, 1 when something is; hints alone count as nothing wrong.")
        {
            Examples =
            {
                new Example("prunella diagnose -n shop", "What is wrong in a namespace of the current cluster."),
                new Example("prunella diagnose deployment/api -n shop", "What is wrong with one workload, or why it is healthy."),
                new Example("prunella diagnose --from samples/diagnose/objects.json --logs samples/diagnose/logs", "From saved objects and logs, without a cluster."),
                new Example("prunella diagnose -n shop --no-model", "By the rules alone, even where a model is configured."),
                new Example("prunella diagnose --all-namespaces --output json", "Everything, for programs."),
            },
        };
        var model = new ModelOptions();
        command.Add(target);
        foreach (var option in new Option[] { from, logs, metrics, kubeconfig, context, @namespace, all, Output.FormatOption }) command.Add(option);
        model.AddTo(command);
        command.Does(async (parsed, cancellation) =>
        {
            var files = parsed.GetValue(from) ?? [];
            if (files.Length > 0 && (parsed.GetValue(kubeconfig) ?? parsed.GetValue(context)) is not null) throw new CommandFailedException(ExitCode.Usage, "--from reads files, --kubeconfig and --context a cluster; give one of them.");
            if (files.Length == 0 && parsed.GetValue(logs) is not null) throw new CommandFailedException(ExitCode.Usage, "--logs goes with --from; a cluster's logs are read from it.");
            if (parsed.GetValue(all) && parsed.GetValue(@namespace) is not null) throw new CommandFailedException(ExitCode.Usage, "Give --namespace or --all-namespaces, not both.");
            var space = parsed.GetValue(@namespace);
            var cluster = files.Length > 0 ? null : new KubernetesOptions { Kubeconfig = parsed.GetValue(kubeconfig), Context = parsed.GetValue(context) };
            try
            {
                await using var services = PlaybookInputs.Services(cluster);
                var snapshot = cluster is null
                    ? await FromFilesAsync(parsed, files, parsed.GetValue(logs), parsed.GetValue(metrics) ?? [], cancellation)
                    : await services.GetRequiredService<LiveSnapshots>().TakeAsync(parsed.GetValue(all) ? "" : space ?? "default", cancellation);
                foreach (var unread in snapshot.Unread.Distinct().Take(10)) parsed.Say($"not read: {unread}");
                var judge = new ProposalJudge(services.GetRequiredService<ActionCatalogue>(), new GateOptions());
                var wanted = WantedTarget.Parse(parsed.GetValue(target), snapshot, space);
                var findings = Diagnoser.Diagnose(snapshot).Where(ranked => space is null || (ranked.Finding.Target is { Kind: "Namespace", Name: var name } ? name == space : ranked.Finding.Target.Namespace.Length == 0 || ranked.Finding.Target.Namespace == space));
                if (wanted is not null) findings = findings.Where(ranked => wanted.Concerns(ranked));
                var views = await ViewsAsync(parsed, model, snapshot, [.. findings], services.GetRequiredService<ActionCatalogue>(), judge, cancellation);
                if (views.Count == 0 && wanted is not null) views.Add(Healthy(snapshot, wanted));
                Output.Print(parsed, views, list => DiagnosisNote.Write(list, snapshot));
                return views.Exists(view => view.Severity > Severity.Info) ? ExitCode.No : ExitCode.Ok;
            }
            catch (SnapshotUnreadableException failure)
            {
                throw new CommandFailedException(ExitCode.Configuration, failure.Message);
            }
            catch (ClusterConfigurationException failure)
            {
                throw new CommandFailedException(ExitCode.Configuration, failure.Message);
            }
            catch (ClusterApiException failure)
            {
                throw new CommandFailedException(failure.Failure == ClusterFailure.Forbidden ? ExitCode.NotEntitled : ExitCode.Unreachable, failure.Message);
            }
        });
        return command;
    }

    // A model is asked where one is configured and the rules are unsure; whether one was is said beside the findings.
    private static async Task<List<DiagnosisView>> ViewsAsync(ParseResult parsed, ModelOptions model, ClusterSnapshot snapshot, IReadOnlyList<RankedFinding> findings, ActionCatalogue catalogue, ProposalJudge judge, CancellationToken cancellation)
    {
        var bars = model.Refused(parsed) ? new ConfidenceBars() : model.Options(parsed).Bars;
        if (!model.Refused(parsed) && DiagnosisOpinions.Unsure(findings, bars))
        {
            await using var local = model.Open(parsed);
            if (local.Reasoner.Unavailable.Length == 0) return await new DiagnosisOpinions(local.Reasoner, bars, catalogue, judge).ViewsAsync(parsed, snapshot, findings, cancellation);
            parsed.Say($"The rules are unsure of some findings; {local.Reasoner.Unavailable}.");
        }
        return [.. findings.Select(ranked => DiagnosisView.Of(snapshot, ranked, judge))];
    }

    private static async Task<ClusterSnapshot> FromFilesAsync(ParseResult parsed, string[] files, string? logs, string[] metrics, CancellationToken cancellation)
    {
        var builder = new SnapshotBuilder();
        foreach (var file in files)
        {
            if (file != "-")
            {
                builder.AddFile(file);
                continue;
            }
            using var input = new MemoryStream();
            await using (var stdin = System.Console.OpenStandardInput()) await stdin.CopyToAsync(input, cancellation);
            builder.AddText("standard input", input.ToArray());
        }
        if (logs is not null) builder.AddLogs(logs);
        foreach (var file in metrics) builder.AddMetrics(file);
        var snapshot = builder.Build();
        if (snapshot.ObjectCount == 0) parsed.Say("The files hold no objects of Kubernetes (kind and metadata.name).");
        return snapshot;
    }

    private static DiagnosisView Healthy(ClusterSnapshot snapshot, WantedTarget wanted)
    {
        var health = WorkloadHealth.Of(snapshot, wanted.Target) ?? throw new CommandFailedException(ExitCode.NotFound, $"There is no {wanted.Target} among what was read.");
        return new DiagnosisView(TargetView.Of(health.Target), "healthy", health.Confidence, Severity.Info, health.Summary, [.. health.Evidence.Select(fact => new EvidenceView(fact.Source, fact.Object, fact.Text, fact.Time))], []) { Said = health.Summary };
    }
}
