using System.Globalization;
using System.Net;
using System.Text;

namespace Prunella.Traces.Dependencies;

/// <summary>Draws a service map as DOT, Mermaid or SVG; the same map gives the same bytes.</summary>
public static class MapWriter
{
    /// <summary>Graphviz DOT.</summary>
    public static string Dot(ServiceMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var text = new StringBuilder("digraph services {\n  rankdir=LR;\n  node [shape=box];\n");
        foreach (var node in map.Nodes)
        {
            var shape = node.Kind switch
            {
                NodeKind.Database => "cylinder",
                NodeKind.Cache => "cylinder",
                NodeKind.Queue => "cds",
                NodeKind.External => "oval",
                _ => "box",
            };
            text.Append(CultureInfo.InvariantCulture, $"  \"{Escape(node.Name)}\" [shape={shape}];\n");
        }

        foreach (var edge in map.Edges)
            text.Append(CultureInfo.InvariantCulture, $"  \"{Escape(edge.From)}\" -> \"{Escape(edge.To)}\" [label=\"{Label(edge)}\"{(edge.Messaging ? ", style=dashed" : string.Empty)}];\n");
        return text.Append("}\n").ToString();

        static string Escape(string name) => name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
    }

    /// <summary>A Mermaid flow chart.</summary>
    public static string Mermaid(ServiceMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in map.Nodes)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"n{ids.Count}");
            ids.Add(node.Name, id);
            var name = node.Name.Replace("\"", "#quot;", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
            text.Append("  ").Append(node.Kind switch
            {
                NodeKind.Database or NodeKind.Cache => $"{id}[(\"{name}\")]",
                NodeKind.Queue => $"{id}[/\"{name}\"/]",
                NodeKind.External => $"{id}([\"{name}\"])",
                _ => $"{id}[\"{name}\"]",
            }).Append('\n');
        }

        foreach (var edge in map.Edges)
            text.Append(CultureInfo.InvariantCulture, $"  {ids[edge.From]} {(edge.Messaging ? "-.->" : "-->")}|\"{Label(edge)}\"| {ids[edge.To]}\n");
        return text.ToString();
    }

    /// <summary>An SVG in layers from callers to called; needs no script or network.</summary>
    public static string Svg(ServiceMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var layout = MapLayout.Of(map);
        var (width, height) = (layout.Width, layout.Height);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#667\"/></marker></defs>\n");
        foreach (var (edge, path, _, _) in layout.Edges)
        {
            var colour = edge.Errors > 0 ? "#b3261e" : "#667";
            svg.Append(CultureInfo.InvariantCulture,
                $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\"{(edge.Messaging ? " stroke-dasharray=\"5 4\"" : string.Empty)} marker-end=\"url(#a)\"><title>{WebUtility.HtmlEncode($"{edge.From} → {edge.To}: {Label(edge)}")}</title></path>\n");
        }

        foreach (var (node, x, y) in layout.Nodes)
        {
            var round = node.Kind == NodeKind.Service ? 3 : 16;
            var name = node.Name.Length <= 26 ? node.Name : node.Name[..25] + "…";
            svg.Append(CultureInfo.InvariantCulture,
                $"<g><title>{WebUtility.HtmlEncode(node.Name)}</title><rect x=\"{x}\" y=\"{y}\" width=\"{MapLayout.BoxWidth}\" height=\"{MapLayout.BoxHeight}\" rx=\"{round}\" fill=\"#f4f5f9\" stroke=\"#445\"/><text x=\"{x + 10}\" y=\"{y + 21}\">{WebUtility.HtmlEncode(name)}</text></g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>An edge's calls, failures and latency in words.</summary>
    public static string Label(MapEdge edge) => edge.Errors == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{edge.Calls} calls, P95 {edge.Latency.PercentileUs(0.95) / 1_000.0:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{edge.Calls} calls, {edge.Errors} failed, P95 {edge.Latency.PercentileUs(0.95) / 1_000.0:0.#} ms");
}
