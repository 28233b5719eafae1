using System.CommandLine;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Integrations;
using Prunella.Integrations.Prometheus;
using Prunella.Kubernetes.Connection;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Playbooks;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook explain</c>: what would happen and why. Reads; never acts.</summary>
internal static class ExplainCommand
{
    private const int AlertsMax = 100;

    internal static Command Create()
    {
        var inputs = new PlaybookInputs();
        var alert = new Argument<string>("ALERT.json") { Description = "An Alertmanager webhook, one alert of it, or a generic signal; - for standard input." };
        var prometheus = new Option<string?>("--prometheus") { Description = "The Prometheus that answers the conditions. Without it they stay unanswered.", HelpName = "URL" };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The cluster that tells target and workload. Without it the target is taken from the labels alone.", HelpName = "FILE" };
        var command = new VerbCommand("explain", "Explain what the playbooks would do about an alert, and why, without acting.")
        {
            Examples =
            {
                new Example("prunella playbook explain samples/playbooks/pool-alert.json", "Which playbooks are for the alert, and what could not be asked."),
                new Example("prunella playbook explain alert.json --prometheus http://127.0.0.1:9090 --kubeconfig ~/.kube/config", "With metrics and the workload's state."),
            },
        };
        command.Add(alert);
        command.Add(prometheus);
        command.Add(kubeconfig);
        command.Add(inputs.Paths);
        command.Add(inputs.Variables);
        command.Add(Output.FormatOption);
        command.Does(async (parsed, cancellation) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var signals = await AlertFile.ReadAsync(parsed.GetRequiredValue(alert), now, cancellation);
            var cluster = parsed.GetValue(kubeconfig) is { Length: > 0 } file ? new KubernetesOptions { Kubeconfig = file } : null;
            try
            {
                await using var services = PlaybookInputs.Services(cluster);
                var catalogue = services.GetRequiredService<ActionCatalogue>();
                using var source = parsed.GetValue(prometheus) is { Length: > 0 } url ? Open(url) : null;
                var asker = new Asker(new PlaybookDiagnostician(inputs.Load(parsed, catalogue), new PlaybookOptions(), TimeProvider.System), catalogue, cluster is null ? null : services.GetRequiredService<IWorkloadSource>(), source);
                List<Explanation> explanations = [];
                foreach (var signal in signals.Take(AlertsMax)) explanations.Add(await asker.ExplainAsync(signal, now, cancellation));
                if (signals.Count > AlertsMax) parsed.Say($"Only the first {AlertsMax} of {signals.Count} alerts are explained.");
                Output.Print(parsed, explanations, list => new Rows(list.Select(Show)));
                return ExitCode.Ok;
            }
            catch (ClusterConfigurationException failure)
            {
                throw new CommandFailedException(ExitCode.Configuration, failure.Message);
            }
        });
        return command;
    }

    private static PrometheusSource Open(string url)
    {
        try
        {
            return new PrometheusSource(new PrometheusOptions { Url = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : null });
        }
        catch (IntegrationOptionsException failure)
        {
            throw new CommandFailedException(ExitCode.Usage, $"--prometheus {url}: {failure.Message}");
        }
    }

    private static Rows Show(Explanation explanation)
    {
        List<IRenderable> rows = [Line($"{explanation.Alert} ({explanation.Status.ToString().ToLowerInvariant()}): {explanation.Target} ({explanation.TargetWhy})", bold: true), Line(explanation.Outcome)];
        if (explanation.Summary is { } summary) rows.Add(Line(FormattableString.Invariant($"{explanation.Cause}, confidence {explanation.Confidence:0.00}: {summary}")));
        if (explanation.Playbooks.Count > 0)
        {
            var table = Output.Table("playbook", "result", "confidence", "why");
            foreach (var playbook in explanation.Playbooks) table.Row(playbook.Name, playbook.Result.ToString().ToLowerInvariant(), playbook.Confidence > 0 ? FormattableString.Invariant($"{playbook.Confidence:0.00}") : "", playbook.Why);
            rows.AddRange([Line(""), table]);
        }
        if (explanation.Course.Count > 0)
        {
            var table = Output.Table("#", "action", "class", "with", "why", "validated by");
            foreach (var step in explanation.Course)
            {
                var with = string.Join(' ', step.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}").Prepend(step.Target is null ? "" : $"on {step.Target}")).Trim();
                table.Row(FormattableString.Invariant($"{step.Number}"), step.Action, step.Class == ActionClass.Safe ? "safe" : "asks", with, step.Why, string.Join("; ", step.Validation));
            }
            rows.AddRange([Line(""), table, Line($"escalates after {explanation.EscalateAfter} failed execution(s)")]);
        }
        if (explanation.Judged is { } judged)
        {
            rows.Add(Line($"the gate, at stage Full with nothing tried before: {judged.Verdict} ({string.Join("; ", judged.Reasons)})"));
            rows.AddRange(judged.Diff.Split('\n').Select(line => Line("  " + line)));
        }
        rows.AddRange(explanation.LeftOut.Select(left => Line($"left out: {left}")));
        if (explanation.Advice is { Length: > 0 } advice) rows.Add(Line($"advice: {advice}"));
        rows.Add(Line(""));
        return new Rows(rows);
    }

    private static Text Line(string text, bool bold = false) => Output.Cell(text, new Style(decoration: bold ? Decoration.Bold : Decoration.None));

    /// <summary>Puts one question together from what was given.</summary>
    private sealed class Asker(PlaybookDiagnostician diagnostician, ActionCatalogue catalogue, IWorkloadSource? workloads, PrometheusSource? metrics)
    {
        internal async Task<Explanation> ExplainAsync(Signal signal, DateTimeOffset now, CancellationToken cancellation)
        {
            var (target, why) = await TargetAsync(signal, cancellation);
            WorkloadState? workload = null;
            try
            {
                if (workloads is not null && target.Name.Length > 0) workload = await workloads.ReadAsync(target, cancellation);
            }
            catch (WorkloadUnreadableException failure)
            {
                why += $"; its state cannot be read: {failure.Message}";
            }
            var context = new IncidentContext
            {
                Incident = new Incident
                {
                    Id = default,
                    Target = target,
                    Family = "",
                    Title = signal.Summary,
                    State = IncidentState.Gathered,
                    StartedAt = signal.StartsAt,
                    NoticedAt = now,
                    FirstSignal = signal,
                },
                Signals = [signal],
                Workload = workload,
                Metrics = metrics is null ? new Dictionary<string, IMetricSource>() : new Dictionary<string, IMetricSource> { [metrics.Name] = metrics },
                Now = now,
            };
            var assessments = signal.Status == SignalStatus.Resolved ? [] : await diagnostician.AssessAsync(context, cancellation);
            var best = assessments.FirstOrDefault(assessment => assessment.Finding is not null)?.Finding;
            var judged = workloads is not null && best is { NoAction: false, EscalateAtOnce: false, Course.Count: > 0 } finding
                ? await new FirstStepJudge(catalogue, workloads).JudgeAsync(target, finding, workload, now, cancellation)
                : null;
            return new Explanation(signal, target, why, assessments, catalogue) { Judged = judged };
        }

        private async Task<(Target Target, string Why)> TargetAsync(Signal signal, CancellationToken cancellation)
        {
            if (workloads is not null)
            {
                var resolution = await workloads.ResolveAsync(signal, cancellation);
                if (resolution.Target is { } found) return (found, resolution.Why);
                return (FromLabels(signal), $"taken from the labels, because {resolution.Why}");
            }
            return (FromLabels(signal), "taken from the labels; no cluster was given");
        }

        private static Target FromLabels(Signal signal)
        {
            var space = signal.Label("namespace") ?? "";
            (string Label, string Kind)[] kinds = [("deployment", "Deployment"), ("statefulset", "StatefulSet"), ("daemonset", "DaemonSet"), ("persistentvolumeclaim", "PersistentVolumeClaim"), ("cache", "Cache"), ("pod", "Pod"), ("node", "Node"), ("service", "Service"), ("instance", "Host")];
            foreach (var (label, kind) in kinds)
            {
                if (signal.Label(label) is { } name) return new Target(Target.DefaultCluster, kind is "Node" or "Host" ? "" : space, kind, name);
            }
            return new Target(Target.DefaultCluster, space, "Unknown", signal.Name);
        }
    }
}
