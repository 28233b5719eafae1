using System.Globalization;
using System.Text;

namespace Prunella.Kubernetes.Actions;

/// <summary>The lines that differ between two texts, with context, in the unified format.</summary>
internal static class UnifiedDiff
{
    private const int ContextLines = 3;
    private const long CellsMax = 4_000_000;

    /// <summary>The diff; empty when the texts are equal.</summary>
    internal static string Of(string before, string after, string title)
    {
        var old = before.Split('\n');
        var @new = after.Split('\n');
        var edits = Edits(old, @new);
        if (edits.All(edit => edit.Sign == ' ')) return "";
        var result = new StringBuilder().Append("--- ").Append(title).Append(" (now)\n+++ ").Append(title).Append(" (planned)\n");
        for (var index = 0; index < edits.Count;)
        {
            if (edits[index].Sign == ' ') { index++; continue; }
            var start = Math.Max(0, index - ContextLines);
            var end = index;
            // A hunk goes on while the next change is near enough to share its context.
            for (var quiet = 0; end < edits.Count && quiet <= 2 * ContextLines; end++) quiet = edits[end].Sign == ' ' ? quiet + 1 : 0;
            while (end > index && edits[end - 1].Sign == ' ') end--;
            end = Math.Min(edits.Count, end + ContextLines);
            var hunk = edits.GetRange(start, end - start);
            result.Append(CultureInfo.InvariantCulture, $"@@ -{hunk[0].OldNumber},{hunk.Count(edit => edit.Sign != '+')} +{hunk[0].NewNumber},{hunk.Count(edit => edit.Sign != '-')} @@\n");
            foreach (var edit in hunk) result.Append(edit.Sign).Append(edit.Line).Append('\n');
            index = end;
        }
        return result.ToString();
    }

    private static List<Edit> Edits(string[] old, string[] @new)
    {
        var head = 0;
        while (head < old.Length && head < @new.Length && old[head] == @new[head]) head++;
        var tail = 0;
        while (tail < old.Length - head && tail < @new.Length - head && old[^(tail + 1)] == @new[^(tail + 1)]) tail++;
        var (rows, columns) = (old.Length - head - tail, @new.Length - head - tail);
        // Longest common subsequence of the middle; beyond the bound everything in it counts as replaced.
        var lengths = (long)rows * columns <= CellsMax ? CommonLengths(old, @new, head, rows, columns) : new int[rows + 1, columns + 1];
        var edits = new List<Edit>();
        for (var index = 0; index < head; index++) edits.Add(new Edit(' ', old[index], index + 1, index + 1));
        var (row, column) = (0, 0);
        while (row < rows || column < columns)
        {
            var same = row < rows && column < columns && old[head + row] == @new[head + column];
            if (same && lengths[row, column] > 0) edits.Add(new Edit(' ', old[head + row], head + ++row, head + ++column));
            else if (row < rows && (column >= columns || lengths[row + 1, column] >= lengths[row, column + 1])) edits.Add(new Edit('-', old[head + row], head + ++row, head + column + 1));
            else edits.Add(new Edit('+', @new[head + column], head + row + 1, head + ++column));
        }
        for (var index = tail; index > 0; index--) edits.Add(new Edit(' ', old[^index], old.Length - index + 1, @new.Length - index + 1));
        return edits;
    }

    private static int[,] CommonLengths(string[] old, string[] @new, int head, int rows, int columns)
    {
        var lengths = new int[rows + 1, columns + 1];
        for (var row = rows - 1; row >= 0; row--)
        {
            for (var column = columns - 1; column >= 0; column--)
            {
                lengths[row, column] = old[head + row] == @new[head + column] ? lengths[row + 1, column + 1] + 1 : Math.Max(lengths[row + 1, column], lengths[row, column + 1]);
            }
        }
        return lengths;
    }

    private readonly record struct Edit(char Sign, string Line, int OldNumber, int NewNumber);
}
