using System.Globalization;

namespace Prunella.Commands.Traces;

/// <summary>Figures as tables show them.</summary>
internal static class TableText
{
    internal static string Ms(long us) => us == 0 ? "0" : Math.Abs(us) < 1_000 ? string.Create(CultureInfo.InvariantCulture, $"{us} µs") : string.Create(CultureInfo.InvariantCulture, $"{us / 1_000.0:#,0.0} ms");

    internal static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    internal static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>"1 trace", "2,000 traces".</summary>
    internal static string Count(long number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    internal static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
