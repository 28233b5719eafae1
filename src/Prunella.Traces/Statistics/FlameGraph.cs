using System.Globalization;
using System.Net;
using System.Text;

namespace Prunella.Traces.Statistics;

/// <summary>What the widths of a flame graph show.</summary>
public enum FlameValue
{
    /// <summary>Self time of all spans.</summary>
    Self,

    /// <summary>Own time on critical paths.</summary>
    Critical,
}

/// <summary>Flame graphs from call paths: folded stacks, and an SVG that needs no script or network.</summary>
public static class FlameGraph
{
    private const double Width = 1_200;
    private const double RowHeight = 17;
    // Narrower boxes cannot be seen, and a graph of 100 000 boxes cannot be opened.
    private const double BoxWidthMin = 0.2;
    private const int FoldedDepthMax = 512;

    /// <summary>Folded stacks: "[service] operation;[service] operation VALUE" a line, values in microseconds, sorted.</summary>
    public static void WriteFolded(CallPathTable paths, FlameValue value, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(writer);
        var stack = new List<string>();
        foreach (var node in paths.Sorted())
        {
            var entry = paths[node];
            if (stack.Count >= entry.Depth)
                stack.RemoveRange(entry.Depth - 1, stack.Count - entry.Depth + 1);
            stack.Add(Frame(entry.Service, entry.Operation));
            var us = FlameLayout.Value(entry, value);
            if (us <= 0)
                continue;
            for (var index = 0; index < stack.Count; index++)
            {
                // A path deeper than any viewer shows keeps its outer and inner frames.
                if (stack.Count > FoldedDepthMax && index == FoldedDepthMax / 2)
                {
                    writer.Write(";(…)");
                    index = stack.Count - FoldedDepthMax / 2;
                }

                if (index > 0)
                    writer.Write(';');
                writer.Write(stack[index]);
            }

            writer.Write(' ');
            writer.Write(us.ToString(CultureInfo.InvariantCulture));
            writer.Write('\n');
        }
    }

    /// <summary>An SVG, the roots at the bottom; hovering a box shows its name, time and share.</summary>
    public static void WriteSvg(CallPathTable paths, FlameValue value, string title, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(writer);
        var layout = FlameLayout.Of(paths, value, widthMin: BoxWidthMin / Width);
        var boxes = new StringBuilder();
        foreach (var box in layout.Boxes)
            Box(boxes, box, layout.TotalUs);
        var depth = layout.Depth;
        var height = (depth + 3) * RowHeight;
        writer.Write(string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 {-height:0} {Width:0} {height:0}\" width=\"{Width:0}\" height=\"{height:0}\" font-family=\"monospace\" font-size=\"11\">\n"));
        writer.Write(string.Create(CultureInfo.InvariantCulture,
            $"<rect x=\"0\" y=\"{-height:0}\" width=\"{Width:0}\" height=\"{height:0}\" fill=\"#fff\"/>\n<text x=\"6\" y=\"{-height + 14:0}\">{WebUtility.HtmlEncode(title)}</text>\n"));
        writer.Write(boxes);
        writer.Write("</svg>\n");
    }

    private static void Box(StringBuilder boxes, FlameBox box, long all)
    {
        var name = WebUtility.HtmlEncode(Frame(box.Service, box.Operation));
        var (left, width, y) = (box.Left * Width, box.Width * Width, -box.Depth * RowHeight);
        boxes.Append(CultureInfo.InvariantCulture,
            $"<g><title>{name}: {box.Us / 1_000.0:0.000} ms, {100.0 * box.Us / Math.Max(1, all):0.0} %</title><rect x=\"{left:0.00}\" y=\"{y:0}\" width=\"{width:0.00}\" height=\"{RowHeight - 1:0}\" fill=\"{FlameLayout.Colour(box.Service)}\"/>");
        var letters = (int)(width / 6.7);
        if (letters >= 3)
        {
            var text = Frame(box.Service, box.Operation);
            text = text.Length <= letters ? text : text[..(letters - 1)] + "…";
            boxes.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + 2:0.00}\" y=\"{y + 12:0}\">{WebUtility.HtmlEncode(text)}</text>");
        }

        boxes.Append("</g>\n");
    }

    private static string Frame(string service, string operation) => $"[{service}] {operation}".Replace(';', '_').Replace('\n', ' ');
}
