using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Behaviours;

/// <summary>One run of an <see cref="AppBehaviour"/>. All state is a function of time, so that it may be asked at any moment.</summary>
internal sealed class AppProcess(AppBehaviour behaviour, ContainerStart start) : IContainerProcess
{
    private const double ErrorsWorthLogging = 0.05;
    private DateTimeOffset nextLog = start.StartedAt;
    private int linesWritten;
    private DateTimeOffset poolRotatedAt = start.StartedAt;
    private DateTimeOffset cacheClearedAt = start.StartedAt;

    public ProcessStep Advance(DateTimeOffset now, Action<DateTimeOffset, string> log)
    {
        foreach (var name in behaviour.RequiredEnvironment)
        {
            if (start.Environment.TryGetValue(name, out var value) && value.Length > 0) continue;
            log(now, $"level=fatal msg=\"configuration incomplete\" error=\"required setting {name} is not set\"");
            return new ProcessStep(1, null);
        }

        var wake = now + behaviour.LogEvery;
        var faults = Faults();
        if (faults.FirstOrDefault(fault => fault.Effect.CrashExitCode is not null) is { } crash)
        {
            var from = crash.Since > start.StartedAt ? crash.Since : start.StartedAt;
            var end = from + crash.Effect.CrashAfter;
            if (now >= end)
            {
                log(now, crash.Effect.CrashLog ?? "level=fatal msg=\"unhandled exception\"");
                return new ProcessStep(crash.Effect.CrashExitCode, null);
            }

            wake = Earlier(wake, end);
        }

        if (behaviour.ExitsAfter is { } life)
        {
            if (now >= start.StartedAt + life)
            {
                if (behaviour.ExitLog is not null) log(now, behaviour.ExitLog);
                return new ProcessStep(behaviour.ExitCode, null);
            }

            wake = Earlier(wake, start.StartedAt + life);
        }

        WriteLog(now, log);
        return new ProcessStep(null, Earlier(wake, nextLog));
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private void WriteLog(DateTimeOffset now, Action<DateTimeOffset, string> log)
    {
        if (linesWritten == 0)
        {
            log(now, behaviour.StartLog);
            linesWritten = 1;
            nextLog = now + behaviour.LogEvery;
            return;
        }

        if (now < nextLog) return;
        var lines = Usage(now).ErrorRate > ErrorsWorthLogging ? behaviour.ErrorLogLines : behaviour.LogLines;
        if (lines.Count > 0) log(now, lines[linesWritten++ % lines.Count]);
        nextLog = now + behaviour.LogEvery;
    }

    private ActiveFault[] Faults() =>
        [.. start.Surroundings.FaultsOf(start.Workload).Where(Concerns)];

    private bool Concerns(ActiveFault fault)
    {
        if (fault.Effect.ImageContains is { } part && !start.Image.Contains(part, StringComparison.Ordinal)) return false;
        return fault.Effect.Scope switch
        {
            FaultScope.UntilPodReplaced => start.PodStartedAt <= fault.Since,
            FaultScope.UntilRestarted => start.StartedAt <= fault.Since,
            _ => true,
        };
    }

    // What resets a resource ends a fault that a restart would end, and only interrupts a lasting one.
    private double Since(ActiveFault fault, DateTimeOffset reset, DateTimeOffset now) =>
        fault.Effect.Scope == FaultScope.UntilRestarted && reset > fault.Since ? 0 : Seconds(now, fault.Since, reset);

    private double Seconds(DateTimeOffset now, DateTimeOffset since, DateTimeOffset reset)
    {
        var from = since > start.StartedAt ? since : start.StartedAt;
        if (reset > from) from = reset;
        return Math.Max(0, (now - from).TotalSeconds);
    }

    public ContainerUsage Usage(DateTimeOffset now)
    {
        var faults = Faults();
        var memory = behaviour.MemoryBytes + (behaviour.MemoryGrowthBytesPerSecond * (now - start.StartedAt).TotalSeconds);
        var load = behaviour.RequestsPerSecond;
        var leaked = 0.0;
        var errors = behaviour.ErrorRate;
        var runaway = 0.0;
        var fill = behaviour.IsCache ? 0.35 : (double?)null;
        var stale = behaviour.IsCache ? 0.02 : (double?)null;
        foreach (var fault in faults)
        {
            memory += Math.Min(fault.Effect.MemoryGrowthMaxBytes, fault.Effect.MemoryGrowthBytesPerSecond * Seconds(now, fault.Since, start.StartedAt));
            leaked += fault.Effect.ConnectionLeakPerSecond * Since(fault, poolRotatedAt, now);
            load *= fault.Effect.LoadFactor;
            errors = Math.Max(errors, fault.Effect.ErrorRate);
            if (fault.Since >= start.StartedAt) runaway += fault.Effect.RunawayCpuCores; // a restart ends a runaway thread
            if (fill is not null) fill = Math.Min(1, fill.Value + (fault.Effect.CacheFillPerSecond * Since(fault, cacheClearedAt, now)));
            if (stale is not null) stale = Math.Min(1, stale.Value + (fault.Effect.CacheStalePerSecond * Since(fault, cacheClearedAt, now)));
        }

        var requests = load / Math.Max(1, start.Surroundings.ReadyPods(start.Workload));
        var demand = behaviour.CpuIdleCores + (requests * behaviour.CpuCoresPerRequest) + runaway;
        var pool = PoolMax();
        var connections = Math.Min(pool, (requests * behaviour.ConnectionsPerRequest) + leaked);
        var latency = behaviour.LatencySeconds;
        if (start.CpuLimitCores is { } limit && demand > limit * 0.9) latency *= Math.Min(20, 1 + (10 * ((demand / limit) - 0.9)));
        if (pool > 0 && connections >= pool * 0.98)
        {
            errors = Math.Max(errors, 0.3); // requests time out waiting for a connection
            latency *= 10;
        }

        return new ContainerUsage
        {
            MemoryBytes = (long)memory, CpuDemandCores = demand, ConnectionsUsed = connections, ConnectionsMax = pool, RequestsPerSecond = requests,
            ErrorRate = errors, LatencySeconds = latency, CacheFill = fill, CacheStale = stale,
        };
    }

    private double PoolMax() =>
        behaviour.ConnectionsMax > 0 && start.Environment.TryGetValue(behaviour.ConnectionsMaxVariable, out var text)
        && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var set) && set > 0 ? set : behaviour.ConnectionsMax;

    public string? Probe(JsonObject probe, string kind, DateTimeOffset now)
    {
        var broken = now < start.StartedAt + behaviour.ReadyAfter
            || Faults().Any(fault => fault.Effect.BrokenProbe == kind)
            || (kind == "Readiness" && behaviour.DependsOn.Any(service => start.Surroundings.ReadyEndpoints(start.Workload.Namespace, service) == 0));
        if (!broken) return null;
        if (probe["httpGet"] is not null) return "HTTP probe failed with statuscode: 503";
        return probe.Map("tcpSocket") is { } socket ? $"dial tcp: connect: connection refused (port {socket["port"]})" : "probe command failed";
    }

    public (TimeSpan Takes, int ExitCode) Terminate(DateTimeOffset now) => (behaviour.StopsAfter, 0);

    public ProcessAnswer? Handle(string method, string path, DateTimeOffset now)
    {
        switch (method, path)
        {
            case ("GET", "/" or "/healthz" or "/readyz" or "/livez"):
                var failure = Probe(new JsonObject { ["httpGet"] = new JsonObject() }, path == "/livez" ? "Liveness" : "Readiness", now);
                return failure is null ? new ProcessAnswer(200, "ok") : new ProcessAnswer(503, failure);
            case ("POST", "/admin/pool/rotate") when behaviour.ConnectionsMax > 0:
                poolRotatedAt = now;
                return new ProcessAnswer(200, "pool rotated");
            case ("POST", "/admin/cache/clear") when behaviour.IsCache:
                cacheClearedAt = now;
                return new ProcessAnswer(200, "cache cleared");
            default: return null;
        }
    }
}
