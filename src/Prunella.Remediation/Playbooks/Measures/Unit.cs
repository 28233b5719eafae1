using System.Collections.Frozen;

namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>A dimension, the factor to its base unit, and whether it is per time (base: per second).</summary>
/// <param name="Dimension">What is counted.</param>
/// <param name="Scale">A value in this unit times the scale is the value in base units.</param>
/// <param name="PerTime">Whether the unit is a rate.</param>
internal readonly record struct Unit(Dimension Dimension, double Scale, bool PerTime)
{
    internal static readonly Unit Count = new(Dimension.Count, 1, PerTime: false);

    private static readonly FrozenDictionary<string, (Dimension Dimension, double Scale)> Known = new Dictionary<string, (Dimension, double)>(StringComparer.Ordinal)
    {
        ["count"] = (Dimension.Count, 1),
        ["%"] = (Dimension.Ratio, 0.01), ["percent"] = (Dimension.Ratio, 0.01), ["ratio"] = (Dimension.Ratio, 1),
        ["B"] = (Dimension.Bytes, 1), ["bytes"] = (Dimension.Bytes, 1),
        ["kB"] = (Dimension.Bytes, 1e3), ["KB"] = (Dimension.Bytes, 1e3), ["MB"] = (Dimension.Bytes, 1e6), ["GB"] = (Dimension.Bytes, 1e9), ["TB"] = (Dimension.Bytes, 1e12),
        ["KiB"] = (Dimension.Bytes, 1024), ["MiB"] = (Dimension.Bytes, 1048576), ["GiB"] = (Dimension.Bytes, 1073741824), ["TiB"] = (Dimension.Bytes, 1099511627776),
        ["Ki"] = (Dimension.Bytes, 1024), ["Mi"] = (Dimension.Bytes, 1048576), ["Gi"] = (Dimension.Bytes, 1073741824), ["Ti"] = (Dimension.Bytes, 1099511627776),
        ["ms"] = (Dimension.Seconds, 1e-3), ["s"] = (Dimension.Seconds, 1), ["seconds"] = (Dimension.Seconds, 1),
        ["m"] = (Dimension.Seconds, 60), ["min"] = (Dimension.Seconds, 60), ["h"] = (Dimension.Seconds, 3600), ["d"] = (Dimension.Seconds, 86400),
        ["core"] = (Dimension.Cores, 1), ["cores"] = (Dimension.Cores, 1), ["millicores"] = (Dimension.Cores, 1e-3),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every unit that may be written, for messages.</summary>
    internal const string Allowed = "%, B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, ms, s, min, h, d, cores, count, each also per time (/s, /min, /h, /d)";

    /// <summary>Reads <c>MB/min</c>, <c>%</c>, <c>ms</c>; case matters, as in the SI.</summary>
    internal static bool TryParse(string text, out Unit unit)
    {
        unit = Count;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? text : text[..slash].TrimEnd();
        var scale = 1.0;
        var dimension = Dimension.Count;
        if (name.Length > 0)
        {
            if (!Known.TryGetValue(name, out var known)) return false;
            (dimension, scale) = known;
        }
        else if (slash < 0) return false;
        if (slash >= 0)
        {
            if (!Known.TryGetValue(text[(slash + 1)..].TrimStart(), out var per) || per.Dimension != Dimension.Seconds) return false;
            scale /= per.Scale;
        }
        unit = new Unit(dimension, scale, slash >= 0);
        return true;
    }

    /// <summary>The base unit's symbol, as evidence carries it: <c>B</c>, <c>B/min</c> for byte rates, <c>1</c> for ratios and counts.</summary>
    internal string Symbol => Dimension switch
    {
        Dimension.Bytes => "B",
        Dimension.Seconds => "s",
        Dimension.Cores => "cores",
        _ => "1",
    } + (PerTime ? "/s" : "");
}
