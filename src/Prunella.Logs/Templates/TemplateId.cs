using System.IO.Hashing;
using System.Text;

namespace Prunella.Logs.Templates;

/// <summary>Identity of a template: XxHash64 of its text, so that two workers that learned the same template agree on it.</summary>
/// <param name="Value">The hash; 0 is no template.</param>
public readonly record struct TemplateId(ulong Value)
{
    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TemplateId id)
    {
        var parsed = ulong.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var value) && text.Length == 16;
        id = new TemplateId(parsed ? value : 0);
        return parsed;
    }

    internal static TemplateId Of(string layout, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(layout.Length == 0 ? text : layout + "\n" + text);
        return new TemplateId(XxHash64.HashToUInt64(bytes));
    }
}
