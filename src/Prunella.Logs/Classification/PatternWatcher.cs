using System.Globalization;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

/// <summary>
/// Notices patterns that are new, come back, vanish or spike, numbers that shift, and bursts of errors, against each pattern's own
/// baseline; and when a spike, a shift, a silence or a burst ends. Time is the lines' own, so an old file and a live stream give the
/// same. Bounded memory; not thread-safe.
/// </summary>
public sealed class PatternWatcher(PatternWatcherOptions? options = null)
{
    private readonly PatternWatcherOptions options = options ?? new PatternWatcherOptions();
    private readonly List<(Template Template, TemplateRate Rate)> watched = [];
    private readonly List<(LineShape Shape, ShapeValues Values)> numbers = [];
    private readonly Queue<PatternSignal> signals = [];
    private TemplateRate? errors;
    private long minute;
    private long closedMinutes;
    private long budgetHour;
    private int budgetUsed;
    private bool bursting;

    /// <summary>Signals that were noticed but not given out because the hour's budget was spent.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Looks at a line. Lines without a time are counted in the minute of the line before.</summary>
    /// <param name="line">The line.</param>
    /// <param name="source">Where it came from; signals name the latest source of their pattern.</param>
    public void Observe(in ParsedLine line, string source = "")
    {
        if (line.TimeTicks > 0)
        {
            var at = line.TimeTicks / TimeSpan.TicksPerMinute;
            if (minute == 0)
            {
                minute = at;
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
            Begin(line, state, source);
        }
        else if (state.Seen <= options.RareLines && state.Rate.Minute > 0 && minute - state.SeenMinute >= options.RareSilence.Ticks / TimeSpan.TicksPerMinute && line.Level >= Severity.Warning && !IsLearning)
        {
            Raise(Of(PatternChange.Rare, line.Template, state, state.Seen + 1, 0, 0,
                string.Create(CultureInfo.InvariantCulture, $"Line {state.Seen + 1} of a rare pattern, the last {(minute - state.SeenMinute) / 60} hours ago: {Text(line.Template)}")));
        }

        (state.Source, state.SeenMinute) = (source, minute);
        state.Seen++;
        if (state.Rate is { } rate)
        {
            rate.Current++;
        }

        var shape = line.Shape;
        if (shape.Values is { } values)
        {
            values.Add(line);
        }
        else if (!shape.HasNoNumbers)
        {
            WatchNumbers(line, shape);
        }

        if (line.Level >= Severity.Error)
        {
            (errors ??= new TemplateRate(minute)).Current++;
        }
    }

    /// <summary>The next signal, if there is one.</summary>
    public bool TryTake(out PatternSignal? signal) => signals.TryDequeue(out signal);

    // Minutes with lines, not minutes passed: an old file before a live stream teaches nothing by its age.
    private bool IsLearning => closedMinutes * TimeSpan.TicksPerMinute < options.Learning.Ticks;

    private string Text(Template template) => options.TextOf?.Invoke(template) ?? template.Text;

    private static PatternSignal Of(PatternChange change, Template template, TemplateState state, double observed, double expected, double spread, string evidence, long minute, bool ended = false) =>
        new(change, template, At(minute), observed, expected, spread, evidence) { Source = state.Source, Class = state.Worst, Ended = ended };

    private PatternSignal Of(PatternChange change, Template template, TemplateState state, double observed, double expected, double spread, string evidence, bool ended = false) =>
        Of(change, template, state, observed, expected, spread, evidence, minute, ended);

    private void WatchNumbers(in ParsedLine line, LineShape shape)
    {
        shape.HasNoNumbers = true;
        if (numbers.Count >= options.ShapesMax)
        {
            numbers.RemoveAll(static n => n.Shape.Template.IsRetired);
        }

        if (numbers.Count < options.ShapesMax && ShapeValues.Of(line) is { } values)
        {
            (shape.Values, shape.HasNoNumbers) = (values, false);
            numbers.Add((shape, values));
            values.Add(line);
        }
    }

    private void Begin(in ParsedLine line, TemplateState state, string source)
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
            state.Source = source;
            Raise(Of(PatternChange.New, line.Template, state, 1, 0, 0, $"First seen: {Text(line.Template)}"));
        }
    }

    private void CloseMinutes(long at)
    {
        var learning = IsLearning;
        closedMinutes++;
        foreach (var (template, _) in watched)
        {
            if (template.IsRetired && template.State is { } state)
            {
                EndAll(template, state);
            }
        }

        watched.RemoveAll(static w => w.Template.IsRetired);
        foreach (var (template, rate) in watched)
        {
            if (!learning && rate.Filled >= 10)
            {
                Judge(template, rate);
            }

            rate.Advance(at);
        }

        CloseNumbers(learning);
        if (errors is not null)
        {
            CloseErrors(learning, errors);
            errors.Advance(at);
        }

        minute = at;
    }

    private void CloseErrors(bool learning, TemplateRate rate)
    {
        if (learning || rate.Filled < 10)
        {
            return;
        }

        var burst = IsSpike(rate, out var usual, out var spread);
        if (burst != bursting)
        {
            bursting = burst;
            Raise(new PatternSignal(PatternChange.ErrorBurst, null, At(minute), rate.Current, usual, spread,
                string.Create(CultureInfo.InvariantCulture, $"{rate.Current} error lines in a minute; usual {usual:F0}.")) { Ended = !burst });
        }
    }

    private void CloseNumbers(bool learning)
    {
        numbers.RemoveAll(static n => n.Shape.Template.IsRetired);
        foreach (var (shape, values) in numbers)
        {
            var shifted = values.Close(out var shift);
            if (learning || shape.Template.State is not { } state || shifted == state.Shifted)
            {
                continue;
            }

            // Several shapes of a template move together; the first says so, and the first to return says that.
            (state.Shifted, state.Raised) = (shifted, shifted);
            Raise(Of(PatternChange.ValueShift, shape.Template, state, shift.Now, shift.Usual, 0, shifted
                ? string.Create(CultureInfo.InvariantCulture, $"{shift.Name} is {shift.Now:G4} in the median of a minute; usual {shift.Usual:G4}: {Text(shape.Template)}")
                : $"Values are as usual again: {Text(shape.Template)}", ended: !shifted));
        }
    }

    // A refinement put other templates in its place: nothing will end what was raised for it.
    private void EndAll(Template template, TemplateState state)
    {
        foreach (var (raised, change) in ((bool, PatternChange)[])[(state.Spiking, PatternChange.Spike), (state.Shifted, PatternChange.ValueShift), (state.Vanished, PatternChange.Vanished)])
        {
            if (raised)
            {
                Raise(Of(change, template, state, 0, 0, 0, $"Now part of another pattern: {Text(template)}", ended: true));
            }
        }
    }

    private void Judge(Template template, TemplateRate rate)
    {
        if (template.State is not { } state)
        {
            return;
        }

        var spikes = IsSpike(rate, out var usual, out var spread);
        if (spikes != state.Spiking)
        {
            (state.Spiking, state.Raised) = (spikes, spikes || state.Shifted);
            Raise(Of(PatternChange.Spike, template, state, rate.Current, usual, spread,
                string.Create(CultureInfo.InvariantCulture, $"{rate.Current} lines in a minute; usual {usual:F0}: {Text(template)}"), ended: !spikes));
        }

        if (state.Vanished && rate.Current > 0)
        {
            state.Vanished = false;
            Raise(Of(PatternChange.Vanished, template, state, rate.Current, usual, spread, $"Comes again: {Text(template)}", ended: true));
        }

        // Seen in every minute of half an hour or more, ten or more a minute, and now none: e^-10 by chance.
        if (!state.Vanished && rate.Current == 0 && rate.Filled >= 30 && rate.Busy == rate.Filled && usual >= 10)
        {
            state.Vanished = true;
            Raise(Of(PatternChange.Vanished, template, state, 0, usual, spread,
                string.Create(CultureInfo.InvariantCulture, $"None in a minute; usual {usual:F0}: {Text(template)}")));
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

        // What was raised may end; an end is no alarm.
        if (!signal.Ended && budgetUsed++ >= options.SignalsPerHourMax)
        {
            Suppressed++;
            return;
        }

        signals.Enqueue(signal);
    }

    private static DateTime At(long minute) => new(Math.Clamp(minute * TimeSpan.TicksPerMinute, 0, DateTime.MaxValue.Ticks));
}
