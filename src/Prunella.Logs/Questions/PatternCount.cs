using System.IO.Hashing;
using System.Runtime.InteropServices;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Questions;

/// <summary>How often a pattern occurs among the lines that fit a question, and when.</summary>
/// <param name="Group">Its text and its counts.</param>
/// <param name="Key">What names it in <see cref="ArchiveLog"/>.</param>
/// <param name="Class">The class of most of its lines.</param>
/// <param name="Course">Lines in each of <see cref="PatternSpan.Parts"/> equal parts of the span of time.</param>
public sealed record PatternCount(AnswerGroup Group, ulong Key, LineClass Class, IReadOnlyList<long> Course)
{
    /// <summary>Names a template by its text, so that it can stand in an address without what it says.</summary>
    public static ulong KeyOf(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return XxHash64.HashToUInt64(MemoryMarshal.AsBytes(template.AsSpan()));
    }

    internal static PatternCount Of(AnswerGroup group, IEnumerable<QuestionTally.Tallied> counts)
    {
        var course = new long[PatternSpan.Parts];
        var classes = new long[Enum.GetValues<LineClass>().Length];
        foreach (var count in counts)
        {
            for (var part = 0; part < course.Length; part++) course[part] += count.Course?[part] ?? 0;
            for (var of = 0; of < classes.Length; of++) classes[of] += count.Classes?[of] ?? 0;
        }
        // Of as many of two the graver one.
        var most = (LineClass)Array.LastIndexOf(classes, classes.Max());
        return new PatternCount(group, KeyOf(group.Value), most, course);
    }
}

/// <summary>A span of time in equal parts.</summary>
/// <param name="SinceTicks">Its beginning.</param>
/// <param name="UntilTicks">Its end.</param>
internal readonly record struct PatternSpan(long SinceTicks, long UntilTicks)
{
    /// <summary>How many parts.</summary>
    internal const int Parts = 40;

    /// <summary>The part in which a time is; the nearest for one outside.</summary>
    internal int IndexOf(long ticks) => (int)Math.Clamp((double)(ticks - SinceTicks) * Parts / Math.Max(1, UntilTicks - SinceTicks), 0, Parts - 1);
}
