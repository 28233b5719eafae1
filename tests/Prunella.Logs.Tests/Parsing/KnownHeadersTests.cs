using System.Globalization;
using System.Text;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Parsing;

/// <summary>A header known from lines before is read as a parser reads it that scans every header.</summary>
public sealed class KnownHeadersTests
{
    // # is any figure; what stands in brackets of § is one of the words.
    private static readonly string[] Layouts =
    [
        "0811## 20361# ### §INFO|WARN§ dfs.DataNode$PacketResponder: Received block blk_##### of size ####",
        "Jun 1# 15:1#:#1 combo sshd(pam_unix)[####]: authentication failure; uid=#",
        "Jun  # 15:1#:#1 combo §su|cron§[##]: session opened ##",
        "[Sun Dec 0# 04:4#:44 200#] [§error|notice§] mod_jk child workerEnv in error state #",
        "2015-07-#9 17:41:#1,### - §INFO|ERROR§  [main:QuorumPeer@###] - Starting quorum ##",
        "2015-10-18 18:0#:47,### INFO [§main|RMCommunicator Allocator§] org.apache.hadoop.Foo: done ##",
        "17/06/0# 20:10:#0 INFO executor.Runner: task #.# in stage ##.0",
        "nova-api.log.1.2017-05-16_13:53:0# 2017-05-16 00:00:0#.##8 25### INFO nova.wsgi [req-####] GET /v2/#### len: ##",
        "10.0.#.# - - [1#/May/2017:0#:00:0# +0000] \"GET /a/## HTTP/1.1\" 200 ##",
        "<1#>Jun 1# 15:16:0# host app[##]: text ##",
        "I0#1# 10:1#:00.####00  ### main.go:##] started ##",
        "2017-05-1#T0#:00:0#Z stdout F I0#1# 10:1#:00.####00  ### main.go:##] started ##",
        "2017-0#-1# 0#:00:00 #### 0x## §a|b§: text ##",
        "2017-0#-1# 0#:00:00 INFO W1### 1#:00:00 name: text ##",
        "14999##### INFO §x|y§: epoch ##",
        "##/##/## ##:##:## §x|INFO§ any figures: ##",
        "time=2017-0#-1# level=info msg=\"text ##\"",
        "(a 2017-0#-1# 1#:00:00 open ## b) text",
    ];

    [Fact]
    public void ReadsAsIfEveryHeaderWereScanned()
    {
        var random = new Random(7);
        LogParser knowing = new(new LogParserOptions { Year = 2017 }), scanning = new(new LogParserOptions { Year = 2017 }, knowsHeaders: false);
        for (var n = 0; n < 60_000; n++)
        {
            Same(knowing, scanning, Encoding.UTF8.GetBytes(Line(Layouts[random.Next(Layouts.Length)], random)), n);
        }
    }

    [Fact]
    public void HeadersChangeTheirColumns_WhatWasKnownIsForgotten()
    {
        // A word that every line has is a column until lines come that have none.
        var random = new Random(8);
        LogParser knowing = new(new LogParserOptions { Year = 2017 }), scanning = new(new LogParserOptions { Year = 2017 }, knowsHeaders: false);
        string[][] times =
        [
            ["2017-05-1# 10:0#:00 ## worker.one text of ## bytes"],
            ["2017-05-1# 10:0#:00 ## worker.one text of ## bytes", "2017-05-1# 10:0#:00 text without a name ##"],
            ["2017-05-1# 10:0#:00 text without a name ##"],
            ["2017-05-1# 10:0#:00 INFO  worker.one - text ##", "2017-05-1# 10:0#:00 ## worker.one text of ## bytes"],
        ];
        var number = 0;
        foreach (var layouts in times)
        {
            for (var n = 0; n < 6_000; n++)
            {
                Same(knowing, scanning, Encoding.UTF8.GetBytes(Line(layouts[random.Next(layouts.Length)], random)), number++);
            }
        }
    }

    private static void Same(LogParser knowing, LogParser scanning, byte[] line, int number)
    {
        var known = knowing.Parse(line);
        var scanned = scanning.Parse(line);
        var text = Encoding.UTF8.GetString(line);
        Fields(known).ShouldBe(Fields(scanned), text);
        if (number % 97 == 0)
        {
            Slots(known).ShouldBe(Slots(scanned), text);
        }
    }

    private static (long, Range, Severity, int, int, ulong, int, int) Fields(in ParsedLine line)
    {
        var service = 0;
        foreach (var b in line.Service)
        {
            service = (service * 31) + b;
        }

        return (line.TimeTicks, line.Time, line.Level, line.MessageStart, line.MessageEnd, line.Template.Id.Value, service, line.Slots.Length);
    }

    private static string Slots(in ParsedLine line)
    {
        var text = new StringBuilder();
        foreach (var slot in line.Slots)
        {
            text.Append(CultureInfo.InvariantCulture, $"{slot.Start} {slot.Length} {slot.Kind};");
        }

        return text.ToString();
    }

    private static string Line(string layout, Random random)
    {
        var text = new StringBuilder();
        for (var n = 0; n < layout.Length; n++)
        {
            if (layout[n] == '§')
            {
                var end = layout.IndexOf('§', n + 1);
                var words = layout[(n + 1)..end].Split('|');
                text.Append(words[random.Next(words.Length)]);
                n = end;
            }
            else
            {
                text.Append(layout[n] == '#' ? (char)('0' + random.Next(10)) : layout[n]);
            }
        }

        return text.ToString();
    }
}
