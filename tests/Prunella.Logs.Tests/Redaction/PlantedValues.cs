using System.Globalization;
using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Redaction;

/// <summary>Sensitive values of every kind, planted into lines of many layouts. The tests hold redaction to them, and the bench counts.</summary>
internal static class PlantedValues
{
    private static readonly string[] Carriers =
    [
        "2026-03-17 08:00:01,123 INFO [main] shop.Checkout: order 4711 from {0} accepted in 12 ms",
        "Mar 17 08:00:01 web-1 app[311]: request failed for {0}: timeout",
        "{{\"ts\":\"2026-03-17T08:00:01Z\",\"level\":\"info\",\"msg\":\"contact {0} updated\",\"n\":5}}",
        "ts=2026-03-17T08:00:01Z level=info msg=\"sent\" to=\"{0}\"",
        "2026-03-17 08:00:01 DEBUG value=({0}), attempt 3",
    ];

    /// <summary>Plants every kind of value into every carrier and redacts the lines.</summary>
    /// <param name="options">How it is redacted.</param>
    /// <param name="rounds">How often, with other values each time.</param>
    /// <param name="tell">Is told of values that were missed; null for nobody.</param>
    internal static (int Planted, int Missed) Measure(RedactionOptions options, int rounds, Action<string>? tell)
    {
        var random = new Random(11);
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        var redactor = new LineRedactor(options);
        var (planted, missed) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (kind, value) in Values(random))
            {
                foreach (var carrier in Carriers)
                {
                    var line = string.Format(CultureInfo.InvariantCulture, carrier, value);
                    var redacted = Encoding.UTF8.GetString(redactor.Redact(parser.Parse(Encoding.UTF8.GetBytes(line))));
                    planted++;
                    if (!redacted.Contains(Bare(value), StringComparison.Ordinal) && redacted.Contains("<" + kind + ":", StringComparison.Ordinal)) continue;
                    missed++;
                    tell?.Invoke($"{kind}: {line}\n    -> {redacted}");
                }
            }
        }

        return (planted, missed);
    }

    private static IEnumerable<(string Kind, string Value)> Values(Random random)
    {
        yield return ("email", $"user{random.Next(1000)}.name@mail-{random.Next(9)}.example.co");
        yield return ("email", "bob@example.com");
        yield return ("card", Card(random, "4", 16, ""));
        yield return ("card", Card(random, "5" + random.Next(1, 6), 16, " "));
        yield return ("card", Card(random, "37", 15, ""));
        yield return ("card", Card(random, "4", 16, "-"));
        yield return ("iban", Iban(random, "DE", 18, spaced: false));
        yield return ("iban", Iban(random, "DE", 18, spaced: true));
        yield return ("iban", Iban(random, "NL", 14, spaced: false));
        yield return ("phone", $"+49 170 {random.Next(1000000, 9999999)}");
        yield return ("phone", $"+1-212-{random.Next(200, 999)}-{random.Next(1000, 9999)}");
        yield return ("phone", $"(415) {random.Next(200, 999)}-{random.Next(1000, 9999)}");
        yield return ("ip", $"192.168.{random.Next(256)}.{random.Next(256)}");
        yield return ("ip", $"2001:db8::{random.Next(1, 65535):x}:{random.Next(1, 65535):x}");
        yield return ("ip", "2001:0db8:85a3:0000:0000:8a2e:0370:7334");
        yield return ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U");
        yield return ("key", "AKIAIOSFODNN7EXAMPLE");
        yield return ("key", "ghp_" + new string('a', 18) + random.Next(100000, 999999) + new string('Z', 12));
        yield return ("secret", "password=S3cr3t!" + random.Next(100));
        yield return ("secret", "api_key=" + random.NextInt64().ToString("x", CultureInfo.InvariantCulture));
        yield return ("key", "Authorization: Bearer mF_9.B5f-4.1JqM" + random.Next(1000));
        yield return ("private-key", "-----BEGIN RSA PRIVATE KEY----- MIIEpAIBAAKCAQEA -----END RSA PRIVATE KEY-----");
    }

    private static string Bare(string value) => value.Split('=')[^1].Split("Bearer ")[^1];

    private static string Card(Random random, string prefix, int length, string separator)
    {
        var digits = prefix;
        while (digits.Length < length - 1)
        {
            digits += random.Next(10);
        }

        var sum = 0;
        for (var k = 0; k < digits.Length; k++)
        {
            var digit = (digits[digits.Length - 1 - k] - '0') * (k % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        digits += (10 - (sum % 10)) % 10;
        return separator.Length == 0 ? digits : string.Join(separator, digits.Chunk(4).Select(static c => new string(c)));
    }

    private static string Iban(Random random, string country, int account, bool spaced)
    {
        var number = "";
        while (number.Length < account)
        {
            number += random.Next(10);
        }

        number = country == "NL" ? "ABNA" + number[..10] : number;
        var expanded = string.Concat((number + country + "00").Select(static c => char.IsDigit(c) ? c.ToString() : (c - 'A' + 10).ToString(CultureInfo.InvariantCulture)));
        var remainder = expanded.Aggregate(0, static (r, c) => ((r * 10) + c - '0') % 97);
        var iban = country + (98 - remainder).ToString("D2", CultureInfo.InvariantCulture) + number;
        return spaced ? string.Join(' ', iban.Chunk(4).Select(static c => new string(c))) : iban;
    }
}
