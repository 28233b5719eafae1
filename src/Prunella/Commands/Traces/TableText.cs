using System.Globalization;

namespace Prunella.Commands.Traces;

/// <summary>Figures as tables show them.</summary>
internal static class TableText
{
    internal static string Ms(long us) => us == 0 ? "0" : Math.Abs(us) < 1_000 ? string.Create(CultureInfo.InvariantCulture, $"{us} µs") : string.Create(CultureInfo.InvariantCulture, $"{us / 1_000.0:#,0.0} ms");

    internal static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    internal static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    internal static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
