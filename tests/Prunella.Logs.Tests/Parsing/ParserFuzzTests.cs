using System.Buffers;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Parsing;

/// <summary>
/// A fuzz target a parser: whatever comes in is read or refused in the parser's own way. The oracles: shape and slots give the line
/// again; ranges lie in the line; parsing the same lines anew gives the same; frames hold what was framed; snapshots load whole or not.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 8_000;

    private static readonly string[] Lines =
    [
        "{\"@timestamp\":\"2026-03-17T08:00:00.123Z\",\"log.level\":\"error\",\"message\":\"user 17 \\u00e9 failed\",\"labels\":{\"a\":[1,null,true]},\"service\":\"web\"}",
        "{\"log\":\"plain text\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-17T08:00:00.123456789Z\"}",
        "time=2026-03-17T08:00:00Z level=warn msg=\"slow query \\\"x\\\"\" took=17ms db=orders",
        "<34>1 2026-03-17T08:00:00.003Z host app 812 ID47 [x@1 a=\"1\" b=\"]\"] su root failed",
        "<13>Mar 17 08:00:00 host sshd[19939]: Failed password for invalid user x from 10.0.0.1 port 22 ssh2",
        "2026-03-17T08:00:00.123456789Z stdout P half a line of a container",
        "E0317 08:00:00.123456   17 controller.go:114] \"Reconcile failed\" err=\"timeout\" pod=\"shop/api-1\"",
        "03-17 08:00:00.123  1702  2395 D WindowManager: printFreezingDisplayLogs true",
        "10.1.2.3 - bob [17/Mar/2026:08:00:00 +0000] \"GET /x?y=1 HTTP/1.1\" 200 512 \"http://a/b\" \"curl/8\"",
        "[Tue Mar 17 08:00:00.5 2026] [core:error] [pid 7:tid 140] [client 10.0.0.1:5] File does not exist: /var/www",
        "2026-03-17 08:00:00,123 ERROR [main] com.shop.Mail (Mail.java:7) - cannot send to bob@example.com: 4111 1111 1111 1111",
        "2026/03/17 08:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file), client: 10.0.0.1, server: _",
        "08:00:00.123 [worker-3] INFO  c.s.Cart - 00:11:22:33:44:55 fe80::1 550e8400-e29b-41d4-a716-446655440000 0x7f 17.7 GB",
    ];

    private static readonly string[] Pieces = ["\0", "\"", "\\", "{", "}", "[", "]", "=", "<34>", "9999-12-31T23:59:59Z", "1970-01-01", "Feb 30 25:61:61", "-1", "99999999999999999999", "é", "\ud83d\ude00", "\\ud800", "\t", "%", "::", "//", " P ", "stdout F"];

    [Fact]
    public void MutatedLines_RenderToThemselves_AndParseTheSameAnew()
    {
        var random = new Random(42);
        var lines = Enumerable.Range(0, Rounds).Select(_ => Mutate(random)).ToList();
        var (first, second) = (new LogParser(new LogParserOptions { TemplatesMax = 64, Year = 2026 }), new LogParser(new LogParserOptions { TemplatesMax = 64, Year = 2026 }));
        var classifier = new LineClassifier();
        var watcher = new PatternWatcher();
        var redactor = new LineRedactor(new RedactionOptions { Key = new byte[16] });
        foreach (var line in lines)
        {
            var parsed = first.Parse(line);
            RenderIdentity.Rendered(parsed).ShouldBe(line);
            parsed.MessageStart.ShouldBeInRange(0, parsed.MessageEnd);
            parsed.MessageEnd.ShouldBeLessThanOrEqualTo(line.Length);
            parsed.TimeTicks.ShouldBeInRange(0, DateTime.MaxValue.Ticks);
            _ = line.AsSpan(parsed.Time).Length;
            var (id, level, ticks) = (parsed.Template.Id, parsed.Level, parsed.TimeTicks);
            classifier.Classify(parsed);
            watcher.Observe(parsed);

            redactor.Redact(parsed);
            var again = second.Parse(line);
            (again.Template.Id, again.Level, again.TimeTicks).ShouldBe((id, level, ticks));
        }
    }

    [Fact]
    public void MutatedSnapshots_LoadWhole_OrAreRefused()
    {
        var random = new Random(43);
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        foreach (var line in Lines) parser.Parse(Encoding.UTF8.GetBytes(line));
        var whole = new MemoryStream();
        parser.Save(whole);
        var refused = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                new LogParser().Load(new MemoryStream(bytes, 0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(1_900);
    }

    [Fact]
    public void FramesOfSyslog_GiveTheMessagesBack_HoweverTheStreamIsCut()
    {
        var random = new Random(44);
        for (var round = 0; round < 500; round++)
        {
            var messages = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Array.FindAll(Mutate(random), static b => b is not ((byte)'\n' or 0))).Where(static m => m.Length > 0 && m[0] is < (byte)'1' or > (byte)'9').ToList();
            var stream = new MemoryStream();
            foreach (var message in messages)
            {
                if (random.Next(2) == 0) stream.Write([.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message]);
                else stream.Write([.. message, (byte)'\n']);
            }

            var found = new List<string>();
            byte[] waiting = [];
            for (var at = 0; at < stream.Length;)
            {
                var count = (int)Math.Min(random.Next(1, 60), stream.Length - at);
                waiting = [.. waiting, .. stream.ToArray().AsSpan(at, count)];
                at += count;
                ReadOnlySpan<byte> rest = waiting;
                while (SyslogFraming.TryTake(ref rest, out var message))
                {
                    if (message.Length > 0) found.Add(Encoding.Latin1.GetString(message));
                }

                waiting = rest.ToArray();
            }

            found.ShouldBe(messages.Select(Encoding.Latin1.GetString));
        }
    }

    [Fact]
    public void EventsOfMutatedText_HoldEveryLineOnceAndInOrder()
    {
        var random = new Random(45);
        string[] traces = ["\tat shop.Mail.send(Mail.java:7)", "Caused by: x", "Traceback (most recent call last):", "  File \"x\", line 1", "goroutine 1 [running]:", "main.main()", "... 7 more", ""];
        for (var round = 0; round < 300; round++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(3) == 0 ? Encoding.UTF8.GetBytes(traces[random.Next(traces.Length)]) : Array.FindAll(Mutate(random), static b => b != '\n')).ToList();
            var text = new ArrayBufferWriter<byte>();
            foreach (var line in lines)
            {
                text.Write(line);
                text.Write("\n"u8);
            }

            var evidence = new Continuation();
            var rest = text.WrittenSpan;
            bool? belongs = null;
            var all = new MemoryStream();
            var count = 0;
            while (rest.Length > 0)
            {
                EventCutter.Take(evidence, ref rest, ref belongs, out var cut, out var more);
                all.Write(cut);
                all.WriteByte((byte)'\n');
                count += more;
            }

            all.ToArray().AsSpan().SequenceEqual(text.WrittenSpan).ShouldBeTrue();
            count.ShouldBe(lines.Count);
        }
    }

    private static byte[] Mutate(Random random)
    {
        var line = new List<byte>(Encoding.UTF8.GetBytes(Lines[random.Next(Lines.Length)]));
        for (var n = random.Next(0, 5); n > 0 && line.Count > 0; n--)
        {
            var at = random.Next(line.Count);
            switch (random.Next(5))
            {
                case 0: line.RemoveRange(at, Math.Min(random.Next(1, 12), line.Count - at)); break;
                case 1: line.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 2: line[at] ^= (byte)(1 << random.Next(8)); break;
                case 3: line.InsertRange(at, line.GetRange(at, Math.Min(random.Next(1, 30), line.Count - at))); break;
                default: line = [.. line.GetRange(0, at), .. Encoding.UTF8.GetBytes(Lines[random.Next(Lines.Length)])]; break;
            }
        }

        return [.. line.Where(static b => b != '\n')];
    }
}
