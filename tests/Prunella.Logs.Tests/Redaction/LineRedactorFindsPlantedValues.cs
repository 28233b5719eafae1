using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Redaction;

/// <summary>Values planted into ordinary lines are found; ordinary lines are left alone.</summary>
public sealed class LineRedactorFindsPlantedValues(ITestOutputHelper output)
{
    private static readonly RedactionOptions Options = new() { Key = Encoding.ASCII.GetBytes("0123456789abcdef") };

    private static readonly string[] Carriers =
    [
        "2026-03-17 08:00:01,123 INFO [main] shop.Checkout: order 4711 from {0} accepted in 12 ms",
        "Mar 17 08:00:01 web-1 app[311]: request failed for {0}: timeout",
        "{{\"ts\":\"2026-03-17T08:00:01Z\",\"level\":\"info\",\"msg\":\"contact {0} updated\",\"n\":5}}",
        "ts=2026-03-17T08:00:01Z level=info msg=\"sent\" to=\"{0}\"",
        "2026-03-17 08:00:01 DEBUG value=({0}), attempt 3",
    ];

    [Theory]
    [InlineData(257)]
    [InlineData(3_000)]
    public void LineOfManyValues_KeepsNoneOfThem(int count)
    {
        var text = "sent to " + string.Join(", ", Enumerable.Range(0, count).Select(number => $"user{number}@example.com"));
        var redactor = new LineRedactor(Options);
        redactor.Redact(text).ShouldNotContain("@example.com");
        redactor.ValuesReplaced.ShouldBe(count);
        var parser = new LogParser();
        parser.Learn(Encoding.UTF8.GetBytes(text));
        Encoding.UTF8.GetString(new LineRedactor(Options).Redact(parser.Parse(Encoding.UTF8.GetBytes(text)))).ShouldNotContain("@example.com");
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
        yield return ("secret", "api_key=" + random.NextInt64().ToString("x", System.Globalization.CultureInfo.InvariantCulture));
        yield return ("key", "Authorization: Bearer mF_9.B5f-4.1JqM" + random.Next(1000));
        yield return ("private-key", "-----BEGIN RSA PRIVATE KEY----- MIIEpAIBAAKCAQEA -----END RSA PRIVATE KEY-----");
    }

    [Fact]
    public void A_private_key_given_as_a_value_is_replaced_to_its_end()
    {
        var redactor = new LineRedactor(Options);
        redactor.Redact("private_key=-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASC\n-----END PRIVATE KEY----- was loaded")
            .ShouldMatch("^private_key=<secret:[0-9a-f]{16}> was loaded$");
    }

    [Fact]
    public void Redact_PlantedValues_FindsThemAll()
    {
        var random = new Random(11);
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        var redactor = new LineRedactor(Options);
        int planted = 0, missed = 0;
        for (var round = 0; round < 60; round++)
        {
            foreach (var (kind, value) in Values(random))
            {
                foreach (var carrier in Carriers)
                {
                    var line = string.Format(System.Globalization.CultureInfo.InvariantCulture, carrier, value);
                    var redacted = Encoding.UTF8.GetString(redactor.Redact(parser.Parse(Encoding.UTF8.GetBytes(line))));
                    planted++;
                    if (redacted.Contains(Bare(value), StringComparison.Ordinal) || !redacted.Contains("<" + kind + ":", StringComparison.Ordinal))
                    {
                        missed++;
                        output.WriteLine($"{kind}: {line}\n    -> {redacted}");
                    }
                }
            }
        }

        output.WriteLine($"{planted} planted, {missed} missed");
        ((double)(planted - missed) / planted).ShouldBeGreaterThanOrEqualTo(0.995);
    }

    [Fact]
    public void Redact_SyntheticLogsWithoutAddresses_ChangesAlmostNothing()
    {
        int lines = 0, changed = 0;
        foreach (var log in Templates.SyntheticLogs.All)
        {
            var parser = new LogParser(new LogParserOptions { Year = 2026 });
            var redactor = new LineRedactor(new RedactionOptions { Key = Options.Key, Kinds = SensitiveKinds.Default & ~SensitiveKinds.Address });
            foreach (var line in log.Generate(2000, 3).Lines)
            {
                lines++;
                var before = redactor.LinesChanged;
                var redacted = Encoding.UTF8.GetString(redactor.Redact(parser.Parse(line)));
                if (redactor.LinesChanged > before)
                {
                    changed++;
                    output.WriteLine(redacted);
                }
            }
        }

        ((double)changed / lines).ShouldBeLessThanOrEqualTo(0.001);
    }

    [Fact]
    public void Redact_SameValue_GetsTheSameToken_AndAnotherKeyAnotherToken()
    {
        var text = "mail to bob@example.com"u8;
        var first = Encoding.UTF8.GetString(new LineRedactor(Options).Redact(text));
        Encoding.UTF8.GetString(new LineRedactor(Options).Redact(text)).ShouldBe(first);
        Encoding.UTF8.GetString(new LineRedactor(new RedactionOptions { Key = Encoding.ASCII.GetBytes("fedcba9876543210") }).Redact(text)).ShouldNotBe(first);
        first.ShouldNotContain("bob");
    }

    [Theory]
    [InlineData("card 4111 1111 1111 1111 737 of bob", "card <card:> 737 of bob")]
    [InlineData("card 4111 1111 1111 1111 12/27", "card <card:> 12/27")]
    [InlineData("card 4111111111111111 737", "card <card:> 737")]
    [InlineData("card 3782 822463 10005 99", "card <card:> 99")]
    [InlineData("codes 4111 1111 1111 1111 1111 1111", "codes 4111 1111 1111 1111 1111 1111")]
    [InlineData("id 4111-1111-1111-1111-22", "id 4111-1111-1111-1111-22")]
    public void Redact_OfACardBesideOtherNumbers_TakesTheCard_AndLeavesTables(string text, string expected)
    {
        var redactor = new LineRedactor(new RedactionOptions { Key = new byte[16] });
        System.Text.RegularExpressions.Regex.Replace(redactor.Redact(text), "<card:[0-9a-f]{16}>", "<card:>").ShouldBe(expected);
        var parsed = new LogParser().Parse(System.Text.Encoding.UTF8.GetBytes(text));
        System.Text.RegularExpressions.Regex.Replace(System.Text.Encoding.UTF8.GetString(redactor.Redact(parsed)), "<card:[0-9a-f]{16}>", "<card:>").ShouldBe(expected);
    }

    [Fact]
    public void Redact_KeepLastFour_LeavesThemOfACard()
    {
        var redactor = new LineRedactor(new RedactionOptions { Key = Options.Key, KeepLastFour = true });
        Encoding.UTF8.GetString(redactor.Redact("card 4111111111111111 ok"u8)).ShouldMatch("^card <card:[0-9a-f]{16}:1111> ok$");
    }

    [Theory]
    [InlineData("version 1.2.3.4 of the tool")]
    [InlineData("took 1445144423722 ms, id 4111111111111112")]
    [InlineData("blk_-4111111111111111 moved")]
    [InlineData("at 10:11:12 and 00:11:22:33:44:55")]
    [InlineData("password: please enter")]
    [InlineData("see user@ and @home, a::b and std::string")]
    [InlineData("build 212-555-01 of 2026-03-17")]
    public void Redact_LookAlikes_AreLeft(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Encoding.UTF8.GetString(new LineRedactor(Options).Redact(bytes)).ShouldBe(text);
    }

    [Fact]
    public void Options_KeyTooShort_Throws() => Should.Throw<ArgumentException>(static () => new LineRedactor(new RedactionOptions { Key = new byte[8] }));

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
        var expanded = string.Concat((number + country + "00").Select(static c => char.IsDigit(c) ? c.ToString() : (c - 'A' + 10).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var remainder = expanded.Aggregate(0, static (r, c) => ((r * 10) + c - '0') % 97);
        var iban = country + (98 - remainder).ToString("D2", System.Globalization.CultureInfo.InvariantCulture) + number;
        return spaced ? string.Join(' ', iban.Chunk(4).Select(static c => new string(c))) : iban;
    }
}
