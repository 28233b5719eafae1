using System.IO.Hashing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

// A line costs a field load and two compares; words are read once a template and level, values only where a template has a number
// that is watched.

/// <summary>
/// Gives every line a class and decides whether it is kept. Works on the lines of one parser, in order; not thread-safe. The decision
/// for a routine line depends on its bytes alone, so that runs and workers agree.
/// </summary>
public sealed class LineClassifier
{
    private readonly ClassOverrides overrides;
    private readonly ulong keepBelow;
    private readonly int firstLines;

    /// <summary>Makes a classifier.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public LineClassifier(ClassifierOptions? options = null, ClassOverrides? overrides = null)
    {
        options ??= new ClassifierOptions();
        options.Validate();
        this.overrides = overrides ?? new ClassOverrides();
        keepBelow = options.RoutineShare >= 1 ? ulong.MaxValue : (ulong)(options.RoutineShare * ulong.MaxValue);
        firstLines = options.FirstLines;
    }

    /// <summary>What came and what was kept.</summary>
    public ClassTotals Totals { get; } = new();

    /// <summary>Class and fate of a line.</summary>
    public LineVerdict Classify(in ParsedLine line)
    {
        var template = line.Template;
        var state = template.State ??= new TemplateState();
        var lineClass = state.ClassOf(line.Level, out var known);
        if (!known)
        {
            lineClass = overrides.TryGet(template.Id, out var given) ? given : ClassVocabulary.Of(template.Text, line.Level);
            state.SetClass(line.Level, lineClass, overridden: overrides.TryGet(template.Id, out _));
        }

        state.Lines++;
        if (lineClass == LineClass.Routine && !state.Overridden && (state.Lines <= firstLines || state.Raised))
        {
            lineClass = LineClass.Interesting;
        }

        var keep = lineClass != LineClass.Routine || XxHash3.HashToUInt64(line.Raw) <= keepBelow;
        Totals.Count(lineClass, keep, line.Raw.Length);
        state.Kept += keep ? 1 : 0;
        return new LineVerdict(lineClass, keep);
    }

    /// <summary>The class of a template's lines of a level, without counting any: no first lines, no spikes.</summary>
    public LineClass ClassOf(Template template, Severity level)
    {
        ArgumentNullException.ThrowIfNull(template);
        return overrides.TryGet(template.Id, out var given) ? given : ClassVocabulary.Of(template.Text, level);
    }
}
