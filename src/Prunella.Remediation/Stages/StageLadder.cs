using System.Globalization;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Stages;

/// <summary>
/// Takes scopes up and down the steps of trust: up only with the figures that the configuration asks for, down at a person's word,
/// and by itself after failures in a row. Thread-safe.
/// </summary>
public sealed class StageLadder(IRemediationStore store, StageBook book, StageOptions options, TimeProvider time)
{
    private const int RowsMax = 10_000;

    /// <summary>The figures of a scope since it came to its stage.</summary>
    /// <exception cref="ArgumentException">It is no scope.</exception>
    public async Task<StageFigures> FiguresAsync(string scope, CancellationToken cancellation)
    {
        var state = await book.ReadAsync(scope, cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var since = state.Since == DateTimeOffset.MinValue ? DateTimeOffset.UnixEpoch : state.Since;
        var decisions = (await store.DecisionsAsync(null, since, RowsMax, cancellation).ConfigureAwait(false)).Where(decision => Covers(scope, decision.Scope) && decision.Stage == state.Stage).ToList();
        var executions = (await store.ExecutionsAsync(new ExecutionQuery { Since = since, Max = RowsMax }, cancellation).ConfigureAwait(false))
            .Where(execution => execution.FinishedAt is not null && execution is { Changed: true } && Covers(scope, StageState.ScopeOf(StageBook.PartOf(execution.Target), execution.Class))).ToList();
        // A stage that nobody ever set counts from the first decision in it.
        var began = state.Since == DateTimeOffset.MinValue ? decisions.Select(decision => decision.At).DefaultIfEmpty(now).Min() : state.Since;
        var figures = new StageFigures
        {
            State = state, Scope = scope, InStage = now - began, Decisions = decisions.Count, Agreed = decisions.Count(decision => decision.Agreed == true), Disagreed = decisions.Count(decision => decision.Agreed == false),
            Executions = executions.Count, Fixed = executions.Count(execution => !execution.Failed), Next = StageStep.Above(state),
        };
        return figures with { Missing = MissingOf(figures) };
    }

    /// <summary>The figures of every scope that was set, is configured, or has decisions.</summary>
    public async Task<IReadOnlyList<StageFigures>> ListAsync(CancellationToken cancellation)
    {
        var scopes = (await book.ListAsync(cancellation).ConfigureAwait(false)).Select(state => state.Scope)
            .Concat((await store.DecisionsAsync(null, DateTimeOffset.UnixEpoch, RowsMax, cancellation).ConfigureAwait(false)).Select(decision => decision.Scope))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var figures = new List<StageFigures>();
        foreach (var scope in scopes) figures.Add(await FiguresAsync(scope, cancellation).ConfigureAwait(false));
        return figures;
    }

    /// <summary>One step up.</summary>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    /// <exception cref="PromotionRefusedException">The figures do not suffice; each that is missing is told. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">It is no scope.</exception>
    public async Task<StageState> PromoteAsync(string scope, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "promote a scope");
        var figures = await FiguresAsync(scope, cancellation).ConfigureAwait(false);
        if (figures.Missing.Count > 0) throw new PromotionRefusedException(figures);
        var text = string.Create(CultureInfo.InvariantCulture, $"promoted from {new StageStep(figures.State.Stage, figures.State.CanaryPercent)} with {Summary(figures)}: {reason}");
        return await book.SetAsync(scope, figures.Next!.Stage, figures.Next.CanaryPercent, person, text, cancellation).ConfigureAwait(false);
    }

    /// <summary>One step down.</summary>
    /// <returns>Null when it is at the bottom already.</returns>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    /// <exception cref="ArgumentException">It is no scope.</exception>
    public async Task<StageState?> DemoteAsync(string scope, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "demote a scope");
        var state = await book.ReadAsync(scope, cancellation).ConfigureAwait(false);
        return StageStep.Below(state) is { } below ? await book.SetAsync(scope, below.Stage, below.CanaryPercent, person, $"demoted from {new StageStep(state.Stage, state.CanaryPercent)}: {reason}", cancellation).ConfigureAwait(false) : null;
    }

    /// <summary>Why a scope falls a stage after the outcome that is being written; null when it does not.</summary>
    internal async Task<string?> WhyDemoteAsync(Execution.ExecutionRecord outcome, CancellationToken cancellation)
    {
        if (options.DemoteAfterFailures == 0 || !outcome.Failed || !outcome.Changed) return null;
        var state = await book.ReadAsync(outcome.Target, outcome.Class, cancellation).ConfigureAwait(false);
        if (state.Stage == Stage.Shadow) return null;
        var scope = StageState.ScopeOf(StageBook.PartOf(outcome.Target), outcome.Class);
        var since = state.Since == DateTimeOffset.MinValue ? DateTimeOffset.UnixEpoch : state.Since;
        var before = (await store.ExecutionsAsync(new ExecutionQuery { Since = since, Max = 200 }, cancellation).ConfigureAwait(false))
            .Where(execution => execution.Id != outcome.Id && execution.FinishedAt is not null && execution.Changed && StageState.ScopeOf(StageBook.PartOf(execution.Target), execution.Class) == scope)
            .OrderByDescending(execution => execution.FinishedAt).TakeWhile(execution => execution.Failed).Count();
        return before + 1 >= options.DemoteAfterFailures ? string.Create(CultureInfo.InvariantCulture, $"{before + 1} executions in a row did not fix, the last {outcome.Action} on {outcome.Target}") : null;
    }

    /// <summary>Whether a scope holds another: <c>shop/*</c> holds <c>shop/Safe</c>.</summary>
    internal static bool Covers(string scope, string other)
    {
        var (wide, narrow) = (scope.Split('/'), other.Split('/'));
        return wide.Length == 2 && narrow.Length == 2 && (wide[0] == "*" || wide[0] == narrow[0]) && (wide[1] == "*" || wide[1] == narrow[1]);
    }

    private IReadOnlyList<string> MissingOf(StageFigures figures)
    {
        if (figures.Next is null) return ["it is at Full, the highest stage"];
        var missing = new List<string>();
        void Ask(bool held, FormattableString text)
        {
            if (!held) missing.Add(text.ToString(CultureInfo.InvariantCulture));
        }
        Ask(figures.InStage >= options.InStageMin, $"{Days(figures.InStage)} in this stage of {Days(options.InStageMin)} (remediation:stages:inStageMin)");
        if (figures.State.Stage is Stage.Shadow or Stage.DryRun)
        {
            var reviewed = figures.Agreed + figures.Disagreed;
            Ask(reviewed >= options.ReviewsMin, $"{reviewed} decisions reviewed of {options.ReviewsMin} (remediation:stages:reviewsMin; {figures.Decisions - reviewed} to review)");
            Ask(figures.Agreement is null || figures.Agreement >= options.AgreementMin, $"{figures.Agreement:P0} of the reviewed decisions were right, of {options.AgreementMin:P0} (remediation:stages:agreementMin)");
        }
        else
        {
            Ask(figures.Executions >= options.ExecutionsMin, $"{figures.Executions} executions ended of {options.ExecutionsMin} (remediation:stages:executionsMin)");
            Ask(figures.Success is null || figures.Success >= options.SuccessMin, $"{figures.Success:P0} of the executions fixed, of {options.SuccessMin:P0} (remediation:stages:successMin)");
        }
        return missing;
    }

    private static string Summary(StageFigures figures) => figures.State.Stage is Stage.Shadow or Stage.DryRun
        ? string.Create(CultureInfo.InvariantCulture, $"{figures.Agreed} of {figures.Agreed + figures.Disagreed} reviewed decisions right, {Days(figures.InStage)}")
        : string.Create(CultureInfo.InvariantCulture, $"{figures.Fixed} of {figures.Executions} executions fixed, {Days(figures.InStage)}");

    private static string Days(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days");
}

/// <summary>A scope's figures do not suffice for the next stage. Nothing was changed.</summary>
public sealed class PromotionRefusedException(StageFigures figures) : Exception($"{figures?.Scope} stays at {figures?.State.Stage}: {string.Join("; ", figures?.Missing ?? [])}.")
{
    /// <summary>The figures, with what is missing.</summary>
    public StageFigures Figures { get; } = figures;
}
