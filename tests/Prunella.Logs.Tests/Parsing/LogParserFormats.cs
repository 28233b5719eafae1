using System.Globalization;
using System.Text;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Parsing;

/// <summary>Fields of single lines in the forms that loggers write.</summary>
public sealed class LogParserFormats
{
    [Theory]
    [InlineData("{\"ts\":\"2026-03-17T08:00:01Z\",\"level\":\"warn\",\"logger\":\"shop\",\"msg\":\"order 5 late\"}", "2026-03-17T08:00:01", Severity.Warning, "shop", "order <*> late")]
    [InlineData("{\"time\":1773734401000,\"level\":50,\"name\":\"x\",\"msg\":\"boom \\\"7\\\"\"}", "2026-03-17T08:00:01", Severity.Error, "", "boom \\\"<*>\"")]
    [InlineData("{\"log\":\"order 5 late\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-17T08:00:01.5Z\"}", "2026-03-17T08:00:01.5", Severity.None, "", "order <*> late")]
    [InlineData("ts=2026-03-17T08:00:01Z level=error app=shop msg=\"order 5 late\" n=3", "2026-03-17T08:00:01", Severity.Error, "shop", "order <*> late")]
    [InlineData("2026-03-17T08:00:01.000000001Z stderr F order 5 late", "2026-03-17T08:00:01", Severity.None, "", "order <*> late")]
    [InlineData("<34>Mar 17 08:00:01 web-1 shop: order 5 late", "2026-03-17T08:00:01", Severity.Fatal, "shop", "order <*> late")]
    [InlineData("<34>1 2026-03-17T08:00:01.000Z web-1 shop 712 ID47 - order 5 late", "2026-03-17T08:00:01", Severity.Fatal, "shop", "order <*> late")]
    [InlineData("<165>1 2026-03-17T09:00:01+01:00 192.0.2.1 shop - - [a@32473 iut=\"3\" b=\"] \\\" [\"][c@1] \uFEFForder 5 late", "2026-03-17T08:00:01", Severity.Notice, "shop", "order <*> late")]
    [InlineData("<11>1 - - - - - - order 5 late", "0001-01-01T00:00:00", Severity.Error, "", "order <*> late")]
    [InlineData("2026-03-17 08:00:01,000 ERROR [main] shop.Order: order 5 late", "2026-03-17T08:00:01", Severity.Error, "shop.Order", "order <*> late")]
    [InlineData("W0317 08:00:01.000000       1 server.go:12] order 5 late", "2026-03-17T08:00:01", Severity.Warning, "server.go:12", "order <*> late")]
    [InlineData("03-17 08:00:01.000  1702  2395 E Shop: order 5 late", "2026-03-17T08:00:01", Severity.Error, "Shop", "order <*> late")]
    public void Parse_KnownForm_GivesItsFields(string line, string time, Severity level, string service, string template)
    {
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        for (var n = 0; n < 40; n++)
        {
            parser.Parse(Encoding.UTF8.GetBytes(line.Replace(" late", " " + "abcdefghij"[n % 10] + "late", StringComparison.Ordinal)));
        }

        var parsed = parser.Parse(Encoding.UTF8.GetBytes(line));
        new DateTime(parsed.TimeTicks).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture).ShouldBe(time);
        parsed.Level.ShouldBe(level);
        if (service.Length > 0)
        {
            Encoding.UTF8.GetString(parsed.Service).ShouldBe(service);
        }

        parsed.Template.Text.ShouldBe(template);
        RenderIdentity.Rendered(parsed).ShouldBe(Encoding.UTF8.GetBytes(line));
    }

    [Theory]
    [InlineData("<34>1 - - - - - -")]
    [InlineData("<34>1 - - - - - [a b=\"c\"]")]
    [InlineData("<34>1 - - - - - - ")]
    [InlineData("<34>1 - - - - - [a b=\"c]")]
    [InlineData("<34>1 - - - - -")]
    [InlineData("<34>1 - - -  - - x")]
    [InlineData("<34>1 soon web-1 shop 1 2 - x")]
    [InlineData("<34>1 ")]
    [InlineData("<34>1")]
    [InlineData("<34>")]
    [InlineData("<")]
    [InlineData("<999>1 - - - - - - x")]
    public void Parse_HalfASyslogHeader_KeepsEveryByte(string text)
    {
        var line = Encoding.UTF8.GetBytes(text);
        var parser = new LogParser();
        for (var n = 0; n < 3; n++) RenderIdentity.Rendered(parser.Parse(line)).ShouldBe(line);
        parser.TimeOf(line).ShouldBe(0);
    }

    [Fact]
    public void Parse_DeepJson_FallsBackToText()
    {
        var line = Encoding.ASCII.GetBytes(new string('{', 100_000) + "\"a\":[" + new string('[', 100_000));
        RenderIdentity.Rendered(new LogParser().Parse(line)).ShouldBe(line);
    }

    [Fact]
    public void Parse_OneTemplateALine_StaysBounded()
    {
        var parser = new LogParser(new LogParserOptions { TemplatesMax = 200, Year = 2026 });
        var random = new Random(3);
        var word = new char[8];
        for (var n = 0; n < 5_000; n++)
        {
            var line = "2026-03-17 08:00:01 INFO app: " + string.Join(' ', Enumerable.Range(0, 1 + random.Next(12)).Select(_ =>
            {
                for (var c = 0; c < word.Length; c++)
                {
                    word[c] = (char)('a' + random.Next(26));
                }

                return new string(word);
            }));
            parser.Parse(Encoding.ASCII.GetBytes(line));
        }

        parser.Templates.Count.ShouldBeLessThanOrEqualTo(200);
        parser.TemplatesEvicted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Parse_SteadyState_AllocatesNothing()
    {
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        var lines = Enumerable.Range(0, 500).Select(static n => Encoding.ASCII.GetBytes($"2026-03-17 08:00:{n % 60:D2} INFO app: request {n} from 10.0.0.{n % 200} took {n * 7} ms")).ToArray();
        for (var round = 0; round < 20; round++)
        {
            Pass(parser, lines);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(parser, lines);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Parse_TimesFrom1970To9999AndBackwards_AreKeptAsTheyAre()
    {
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        foreach (var year in new[] { 9998, 1970, 2026, 1971 })
        {
            new DateTime(parser.Parse(Encoding.ASCII.GetBytes($"{year}-01-02 03:04:05 INFO app: x")).TimeTicks).Year.ShouldBe(year);
        }
    }

    private static void Pass(LogParser parser, byte[][] lines)
    {
        foreach (var line in lines)
        {
            parser.Parse(line);
        }
    }
}
