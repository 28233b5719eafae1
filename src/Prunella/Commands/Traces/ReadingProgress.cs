using System.Globalization;

namespace Prunella.Commands.Traces;

/// <summary>How much of the input is read, as a bar on a terminal. Thread-safe: workers report bytes side by side.</summary>
/// <param name="terminal">Where the bar is drawn.</param>
/// <param name="total">Bytes to come; 0 when nobody knows.</param>
/// <param name="time">The clock: nothing is drawn in the first half second, which would only flicker, and then five times a second.</param>
internal sealed class ReadingProgress(TextWriter terminal, long total, TimeProvider time)
{
    private const int Cells = 30;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);
    private readonly Lock drawing = new();
    private readonly long begun = time.GetTimestamp();
    private long drawn;
    private long bytes;
    private int width;

    /// <summary>Says that so many more bytes were read.</summary>
    internal void Read(long count)
    {
        var read = Interlocked.Add(ref bytes, count);
        if (time.GetElapsedTime(begun) < Quiet || !drawing.TryEnter()) return;
        try
        {
            if (drawn != 0 && time.GetElapsedTime(drawn) < Between) return;
            drawn = time.GetTimestamp();
            Draw(total > 0 ? Bar(Math.Min(1, (double)read / total)) : string.Create(CultureInfo.InvariantCulture, $"{read >> 20} MB read"));
        }
        finally
        {
            drawing.Exit();
        }
    }

    /// <summary>Takes the bar away, if there is one.</summary>
    internal void Clear()
    {
        lock (drawing)
        {
            if (width == 0) return;
            terminal.Write("\r" + new string(' ', width) + "\r");
            width = 0;
        }
    }

    private string Bar(double share)
    {
        var done = (int)(share * Cells);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', done)}{new string('.', Cells - done)}] {share * 100:0} % of {total >> 20} MB");
    }

    private void Draw(string text)
    {
        terminal.Write("\r" + text.PadRight(width));
        width = Math.Max(width, text.Length);
    }
}
