using System.Globalization;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

/// <summary>
/// Notices patterns that are new, vanish or spike, and bursts of errors, against each pattern's own baseline. Time is the lines' own, so
/// an old file and a live stream give the same. Bounded memory; not thread-safe.
/// </summary>
public sealed class PatternWatcher(PatternWatcherOptions? options = null)
{
    private readonly PatternWatcherOptions options = options ?? new PatternWatcherOptions();
    private readonly List<(Template Template, TemplateRate Rate)> watched = [];
    private readonly Queue<PatternSignal> signals = [];
    private TemplateRate? errors;
    private long minute;
    private long firstMinute;
    private long budgetHour;
    private int budgetUsed;

    /// <summary>Signals that were noticed but not given out because the hour's budget was spent.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Looks at a line. Lines without a time are counted in the minute of the line before.</summary>
    public void Observe(in ParsedLine line)
    {
        if (line.TimeTicks > 0)
        {
            var at = line.TimeTicks / TimeSpan.TicksPerMinute;
            if (minute == 0)
            {
                minute = firstMinute = at;
            }
            else if (at > minute)
            {
                CloseMinutes(at);
            }
        }

        if (minute == 0)
        {
            return;
        }

        var state = line.Template.State ??= new TemplateState();
        if (state.Rate is null)
        {
            Begin(line, state);
        }

        if (state.Rate is { } rate)
        {
            rate.Current++;
        }

        if (line.Level >= Severity.Error)
        {
            (errors ??= new TemplateRate(minute)).Current++;
        }
    }

    /// <summary>The next signal, if there is one.</summary>
    public bool TryTake(out PatternSignal? signal) => signals.TryDequeue(out signal);

    private bool IsLearning => (minute - firstMinute) * TimeSpan.TicksPerMinute < options.Learning.Ticks;

    private void Begin(in ParsedLine line, TemplateState state)
    {
        if (watched.Count >= options.PatternsMax)
        {
            watched.RemoveAll(static w => w.Rate.Busy == 0 && w.Rate.Filled == TemplateRate.Minutes);
        }

        if (watched.Count < options.PatternsMax)
        {
            state.Rate = new TemplateRate(minute);
            watched.Add((line.Template, state.Rate));
        }

        if (line.IsFirst && !IsLearning)
        {
            Raise(new PatternSignal(PatternChange.New, line.Template, At(minute), 1, 0, 0, $"First seen: {line.Template.Text}"));
        }
    }

    private void CloseMinutes(long at)
    {
        var learning = IsLearning;
        watched.RemoveAll(static w => w.Template.IsRetired);
        foreach (var (template, rate) in watched)
        {
            if (!learning && rate.Filled >= 10)
            {
                Judge(template, rate);
            }

            rate.Advance(at);
        }

        if (errors is not null)
        {
            if (!learning && errors.Filled >= 10 && IsSpike(errors, out var usual, out var spread))
            {
                Raise(new PatternSignal(PatternChange.ErrorBurst, null, At(minute), errors.Current, usual, spread,
                    string.Create(CultureInfo.InvariantCulture, $"{errors.Current} error lines in a minute; usual {usual:F0}.")));
            }

            errors.Advance(at);
        }

        minute = at;
    }

    private void Judge(Template template, TemplateRate rate)
    {
        var state = template.State;
        if (IsSpike(rate, out var usual, out var spread))
        {
            if (state is { Raised: false })
            {
                state.Raised = true;
                Raise(new PatternSignal(PatternChange.Spike, template, At(minute), rate.Current, usual, spread,
                    string.Create(CultureInfo.InvariantCulture, $"{rate.Current} lines in a minute; usual {usual:F0}: {template.Text}")));
            }

            return;
        }

        if (state is not null)
        {
            state.Raised = false;
        }

        // Seen in every minute of half an hour or more, ten or more a minute, and now none: e^-10 by chance.
        if (rate.Current == 0 && rate.Filled >= 30 && rate.Busy == rate.Filled && usual >= 10)
        {
            Raise(new PatternSignal(PatternChange.Vanished, template, At(minute), 0, usual, spread,
                string.Create(CultureInfo.InvariantCulture, $"None in a minute; usual {usual:F0}: {template.Text}")));
        }
    }

    private bool IsSpike(TemplateRate rate, out double usual, out double spread)
    {
        (usual, spread) = rate.Baseline();
        return rate.Current >= options.LinesMin && rate.Current > usual + (options.Spreads * Math.Max(spread, 1)) && rate.Current > 2 * usual;
    }

    private void Raise(PatternSignal signal)
    {
        if (minute / 60 != budgetHour)
        {
            (budgetHour, budgetUsed) = (minute / 60, 0);
        }

        if (budgetUsed++ >= options.SignalsPerHourMax)
        {
            Suppressed++;
            return;
        }

        signals.Enqueue(signal);
    }

    private static DateTime At(long minute) => new(Math.Clamp(minute * TimeSpan.TicksPerMinute, 0, DateTime.MaxValue.Ticks));
}
