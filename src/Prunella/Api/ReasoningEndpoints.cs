using Prunella.Auth;
using Prunella.Incidents;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Telling;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>What models cost, what they may cost, and whether one can be asked.</summary>
internal sealed record SpendingView
{
    /// <summary>Why no model can be asked; empty when one can.</summary>
    public required string Unavailable { get; init; }

    /// <summary>US dollars that a day may cost.</summary>
    public required double DollarsPerDay { get; init; }

    /// <summary>US dollars that a month may cost.</summary>
    public required double DollarsPerMonth { get; init; }

    /// <summary>Spent and set aside today.</summary>
    public required double Today { get; init; }

    /// <summary>Spent and set aside this month.</summary>
    public required double Month { get; init; }

    /// <summary>By day, tier and task, newest day first.</summary>
    public required IReadOnlyList<SpendingRow> Rows { get; init; }

    /// <summary>Reads the sums of the last days, 1 to 366, today among them.</summary>
    internal static async Task<SpendingView> ReadAsync(ISpendingStore spending, ReasoningOptions options, IReasoner reasoner, TimeProvider time, int days, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var month = new DateOnly(today.Year, today.Month, 1);
        var first = today.AddDays(1 - Math.Clamp(days, 1, 366));
        var all = await spending.ReadAsync(first < month ? first : month, today, cancellation);
        return new SpendingView
        {
            Unavailable = reasoner.Unavailable.Length > 0 ? reasoner.Unavailable : UsedUp(all, options, today, month), DollarsPerDay = options.DollarsPerDay, DollarsPerMonth = options.DollarsPerMonth,
            Today = all.Where(day => day.Date == today).Sum(day => day.Dollars()), Month = all.Where(day => day.Date >= month).Sum(day => day.Dollars()),
            Rows = [.. all.Where(day => day.Date >= first).Reverse().SelectMany(day => day.Lines.OrderBy(line => line.Tier).ThenBy(line => line.Task, StringComparer.Ordinal).Select(line => Row(day, line)))],
        };
    }

    private static string UsedUp(IReadOnlyList<SpendingDay> all, ReasoningOptions options, DateOnly today, DateOnly month)
    {
        var ofToday = all.Where(day => day.Date == today).ToList();
        if (all.Where(day => day.Date >= month).Sum(day => day.Dollars()) >= options.DollarsPerMonth) return "the budget of the month is used up: only built-in reasoning answers";
        if (ofToday.Sum(day => day.Dollars()) >= options.DollarsPerDay) return "the budget of the day is used up: only built-in reasoning answers until 00:00 UTC";
        // What is left may be too little for a call of some size.
        var refused = ofToday.SelectMany(day => day.Lines).Sum(line => line.Refused);
        return refused > 0 ? $"what is left of a budget was too little for {refused} question{(refused == 1 ? "" : "s")}, which built-in reasoning answered" : "";
    }

    private static SpendingRow Row(SpendingDay day, SpendingLine line) => new(day.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), line.Tier.ToString(), line.Task,
        line.Calls, line.CacheHits, line.Refused, line.InputTokens, line.OutputTokens, line.Dollars, line.Saved);
}

/// <summary>A day's sums of one tier and task.</summary>
internal sealed record SpendingRow(string Date, string Tier, string Task, int Calls, int CacheHits, int Refused, long InputTokens, long OutputTokens, double Dollars, double Saved);

/// <summary>Reasoning: its cost.</summary>
internal static class ReasoningEndpoints
{
    private const int ExecutionsMax = 1_000;

    private const int SignalsMax = 100;

    internal static void MapReasoning(this IEndpointRouteBuilder api)
    {
        api.MapGet("/incidents/{id}/summary", SummaryAsync).Needs(Role.Viewer).WithTags("Incidents").WithName("GetIncidentSummary").WithSummary("An incident in thirty seconds, by a model or by built-in rules").Answers<Told<IncidentStory>>(404);
        api.MapGet("/incidents/{id}/write-up", WriteUpAsync).Needs(Role.Viewer).WithTags("Incidents").WithName("GetIncidentWriteUp").WithSummary("The write-up of an incident that has ended, by a model or by built-in rules").Answers<Told<IncidentWriteUp>>(404, 409);
        api.MapGet("/reasoning/calibration", CalibrationAsync).Needs(Role.Viewer).WithTags("Reasoning").WithName("GetCalibration").WithSummary("Stated confidence of diagnoses against what executions showed").Answers<IReadOnlyList<CalibrationRow>>();
        api.MapGet("/reasoning/cost", CostAsync).Needs(Role.Viewer).WithTags("Reasoning").WithName("GetModelCost").WithSummary("What models cost by day, tier and task, and what kept answers saved").Answers<SpendingView>();
    }

    private static async Task<IResult> SummaryAsync(IRemediationStore store, IncidentTeller teller, TimeProvider time, string id, CancellationToken cancellation)
    {
        if (await store.FindByNameAsync(id, cancellation) is not { } incident) return Answers.Missing($"There is no incident {id}.");
        return Results.Json(await teller.SummariseAsync(incident, await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation), time.GetUtcNow(), cancellation));
    }

    private static async Task<IResult> WriteUpAsync(IRemediationStore store, IncidentTeller teller, string id, CancellationToken cancellation)
    {
        if (await store.FindByNameAsync(id, cancellation) is not { } incident) return Answers.Missing($"There is no incident {id}.");
        if (!incident.Ended) return Results.Problem($"{incident.Id.Short} has not ended; prunella incident summary tells where it stands.", statusCode: 409);
        var before = (await store.ListIncidentsAsync(new IncidentQuery { Namespace = incident.Target.Namespace, Max = 200 }, cancellation)).Incidents.Where(other => other.Target == incident.Target && other.NoticedAt < incident.NoticedAt).ToList();
        return Results.Json(await teller.WriteUpAsync(incident, await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation), before, cancellation));
    }

    private static async Task<IResult> CalibrationAsync(IRemediationStore store, CancellationToken cancellation)
    {
        var executions = await store.ExecutionsAsync(new ExecutionQuery { Max = ExecutionsMax }, cancellation);
        List<Incident> incidents = [];
        foreach (var id in executions.Select(execution => execution.Incident).Distinct())
        {
            if (await store.FindIncidentAsync(id, cancellation) is { } incident) incidents.Add(incident);
        }
        return Results.Json(Calibration.Of(incidents));
    }

    private static async Task<IResult> CostAsync(ISpendingStore spending, ReasoningOptions options, IReasoner reasoner, TimeProvider time, int? days, CancellationToken cancellation) =>
        Results.Json(await SpendingView.ReadAsync(spending, options, reasoner, time, days ?? 30, cancellation));
}
