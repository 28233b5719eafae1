using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Redaction;

/// <summary>Values planted into ordinary lines are found; ordinary lines are left alone.</summary>
public sealed class LineRedactorFindsPlantedValues(ITestOutputHelper output)
{
    private static readonly RedactionOptions Options = new() { Key = Encoding.ASCII.GetBytes("0123456789abcdef") };

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
        var (planted, missed) = PlantedValues.Measure(Options, 60, output.WriteLine);
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
}
