using System.Text.RegularExpressions;

namespace Prunella.Reasoning.Redaction;

/// <summary>National identity numbers by shape and, where there is one, by check digits.</summary>
internal static partial class NationalIds
{
    private const int MatchMilliseconds = 10_000;

    internal static void Find(string text, ICollection<FoundSecret> found)
    {
        Add(SocialSecurity(), static _ => true);
        Add(NationalInsurance(), static _ => true);
        Add(CodiceFiscale(), static _ => true);
        Add(Dni(), static id => "TRWAGMYFPDXBNJZSQVHLCKE"[int.Parse(id.AsSpan(0, 8), System.Globalization.CultureInfo.InvariantCulture) % 23] == char.ToUpperInvariant(id[^1]));
        Add(Nir(), IsNir);
        Add(Cpf(), IsCpf);
        Add(SteuerId(), IsSteuerId);
        Add(Aadhaar(), IsAadhaar);

        void Add(Regex shape, Func<string, bool> holds)
        {
            foreach (Match match in shape.Matches(text))
            {
                if (holds(match.Value)) found.Add(new FoundSecret(match.Index, match.Index + match.Length, "national-id"));
            }
        }
    }

    private static int[] Digits(string id) => [.. id.Where(char.IsAsciiDigit).Select(sign => sign - '0')];

    // INSEE: 13 digits and 97 minus their remainder.
    private static bool IsNir(string id)
    {
        var number = Digits(id).Aggregate((Number: 0L, Count: 0), (sum, digit) => sum.Count < 13 ? (sum.Number * 10 + digit, sum.Count + 1) : sum).Number;
        var digits = Digits(id);
        return digits.Length == 15 && 97 - number % 97 == digits[13] * 10 + digits[14];
    }

    // Receita Federal: two check digits, weights 10 to 2 and 11 to 2.
    private static bool IsCpf(string id)
    {
        var digits = Digits(id);
        if (digits.Length != 11 || digits.Distinct().Count() == 1) return false;
        for (var place = 9; place < 11; place++)
        {
            var sum = 0;
            for (var index = 0; index < place; index++) sum += digits[index] * (place + 1 - index);
            if (sum * 10 % 11 % 10 != digits[place]) return false;
        }
        return true;
    }

    // ISO 7064 MOD 11,10.
    private static bool IsSteuerId(string id)
    {
        var digits = Digits(id);
        var product = 10;
        for (var index = 0; index < 10; index++)
        {
            var sum = (digits[index] + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        return digits.Take(10).Distinct().Count() is 8 or 9 && (11 - product) % 10 == digits[10];
    }

    // Verhoeff's scheme by the dihedral group of order ten.
    private static bool IsAadhaar(string id)
    {
        var check = 0;
        var digits = Digits(id);
        for (var index = 0; index < digits.Length; index++) check = Multiply(check, Permute(digits[^(index + 1)], index % 8));
        return check == 0;
    }

    private static int Multiply(int a, int b) => (a < 5, b < 5) switch
    {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 - b + 10) % 5 + 5,
        _ => (a - b + 5) % 5,
    };

    private static int Permute(int digit, int times)
    {
        ReadOnlySpan<int> once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
        for (var time = 0; time < times; time++) digit = once[digit];
        return digit;
    }

    [GeneratedRegex(@"(?<![\d\-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d\-])", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex NationalInsurance();

    [GeneratedRegex(@"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex CodiceFiscale();

    [GeneratedRegex(@"\b\d{8}-?[A-Z]\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Dni();

    [GeneratedRegex(@"\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Nir();

    [GeneratedRegex(@"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b|\b\d{11}\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Cpf();

    [GeneratedRegex(@"\b[1-9]\d{10}\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex SteuerId();

    [GeneratedRegex(@"\b[2-9]\d{3} ?\d{4} ?\d{4}\b", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Aadhaar();
}
