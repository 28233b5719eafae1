using System.Collections.Immutable;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Pipeline;

/// <summary>A line as it came, for those who watch.</summary>
/// <param name="Number">Its number among those of this reader, from 1.</param>
/// <param name="Class">Its class.</param>
/// <param name="Source">Where it came from; see <see cref="LogSource"/>.</param>
/// <param name="Text">Its bytes without sensitive values, at most <see cref="AnswerLine.TextMax"/> of them.</param>
public sealed record TailLine(long Number, LineClass Class, string Source, ReadOnlyMemory<byte> Text);

// A pipeline takes a million lines a second and a person reads ten: of what comes, a reader compares some thousands a second, and keeps
// some hundred. The rest is counted, so that nobody takes the part for the whole. Nothing is done while nobody reads.
/// <summary>Lets people see lines as they come, some hundred a second at most. Readers are thread-safe; the pipeline is the one that offers.</summary>
public sealed class LogTail(TimeProvider time)
{
    /// <summary>Readers at once; a further one is refused.</summary>
    public const int ReadersMax = 64;

    private ImmutableArray<Reader> readers = [];

    /// <summary>Begins to read what comes from now on.</summary>
    /// <param name="question">What lines must have; their times do not matter.</param>
    /// <param name="linesPerSecondMax">Most lines kept of those that come in a second.</param>
    /// <returns>Null when too many read.</returns>
    public Reader? TryOpen(LogQuestion question, int linesPerSecondMax)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentOutOfRangeException.ThrowIfLessThan(linesPerSecondMax, 1);
        var reader = new Reader(this, question, linesPerSecondMax);
        ImmutableInterlocked.Update(ref readers, static (all, one) => all.Length < ReadersMax ? all.Add(one) : all, reader);
        return readers.Contains(reader) ? reader : null;
    }

    /// <summary>Whether a line is for somebody; then <see cref="Take"/> follows.</summary>
    internal bool Wants(in ParsedLine line)
    {
        var now = readers;
        if (now.IsEmpty) return false;
        var second = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerSecond;
        var wanted = false;
        foreach (var reader in now) wanted |= reader.Wants(line, second);
        return wanted;
    }

    /// <summary>Gives the line to those who want it.</summary>
    internal void Take(LineClass lineClass, string source, ReadOnlySpan<byte> safe)
    {
        byte[]? kept = null;
        foreach (var reader in readers)
            if (reader.IsWaiting) reader.Keep(lineClass, source, kept ??= safe[..Math.Min(safe.Length, AnswerLine.TextMax)].ToArray());
    }

    /// <summary>One who reads. Ends with <see cref="Dispose"/>.</summary>
    public sealed class Reader : IDisposable
    {
        // What a reader may cost the pipeline in a second: 5 000 comparisons are some milliseconds.
        private const int ComparedPerSecondMax = 5_000;
        private readonly LogTail tail;
        private readonly QuestionMatcher matcher;
        private readonly int linesPerSecondMax;
        private readonly Lock gate = new();
        private readonly List<TailLine> kept = [];
        private long second, number, beyond;
        private int compared, keptInSecond;

        internal Reader(LogTail tail, LogQuestion question, int linesPerSecondMax) =>
            (this.tail, matcher, this.linesPerSecondMax) = (tail, new QuestionMatcher(question with { Since = null, Until = null }), linesPerSecondMax);

        internal bool IsWaiting { get; private set; }

        /// <summary>What came since the last call.</summary>
        /// <returns>The lines, and how many came that were not kept: lines that fit beyond the most, and lines that were not looked at.</returns>
        public (IReadOnlyList<TailLine> Lines, long Beyond) Read()
        {
            lock (gate)
            {
                var read = (kept.ToArray(), beyond);
                kept.Clear();
                beyond = 0;
                return read;
            }
        }

        /// <summary>Reads no more.</summary>
        public void Dispose() => ImmutableInterlocked.Update(ref tail.readers, static (all, one) => all.Remove(one), this);

        internal bool Wants(in ParsedLine line, long now)
        {
            if (now != second) (second, compared, keptInSecond) = (now, 0, 0);
            IsWaiting = false;
            if (compared++ >= ComparedPerSecondMax) Miss();
            else if (matcher.Fits(line))
            {
                // Whoever stopped reading without saying so holds a second's lines, not more.
                if (keptInSecond >= linesPerSecondMax || kept.Count >= linesPerSecondMax) Miss();
                else IsWaiting = true;
            }
            return IsWaiting;
        }

        internal void Keep(LineClass lineClass, string source, byte[] safe)
        {
            IsWaiting = false;
            keptInSecond++;
            lock (gate) kept.Add(new TailLine(++number, lineClass, source, safe));
        }

        private void Miss()
        {
            lock (gate) beyond++;
        }
    }
}
