using System.Text;
using CsCheck;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Parsing;

/// <summary>Shape and slots give the line again, byte for byte, whatever the line holds.</summary>
public sealed class RenderIdentity
{
    private static readonly Gen<byte[]> AnyBytes = Gen.Byte.Array[0, 300].Select(static b => Array.FindAll(b, static x => x != '\n'));

    private static readonly Gen<string> Word = Pick(
        "2015-10-18 18:01:47,978", "Jun 14 15:16:01", "[Sun Dec 04 04:47:44 2005]", "INFO", "[error]", "sshd[19939]:", "dfs.DataNode$X:", "user", "for",
        "10.251.73.220:50010", "blk_-6952295868487656571", "/var/log/x.log", "http://a.b/c?d=1", "\"GET /x HTTP/1.1\"", "()", "( )", "key=value", "a=1,b=2",
        "0x7f", "17.7 GB", "true", "{\"a\":1}", "|", "-", "::1", "fe80::1", "00:11:22:33:44:55", "C:\\Windows\\x.dll", "bob@example.com", "é漢", "\0", "\t", "...", "-5", "x@", "a:b:c", "99:99", "1 2 3");

    private static readonly Gen<byte[]> LogLike = Gen.Select(Word.List[0, 14], Pick(" ", "  ", ",", ": ", "")).Select(static (words, gap) => Encoding.UTF8.GetBytes(string.Join(gap, words)));

    [Fact]
    public void Parse_ThenRender_IsTheLine_ForAnyBytes() => Check(AnyBytes);

    [Fact]
    public void Parse_ThenRender_IsTheLine_ForLogLikeText() => Check(LogLike);

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Check(Gen<byte[]> lines) => lines.List[1, 60].Sample(
        static batch =>
        {
            var parser = new LogParser(new LogParserOptions { TemplatesMax = 16, Year = 2026 });
            foreach (var line in batch)
            {
                var parsed = parser.Parse(line);
                Rendered(parsed).ShouldBe(line);
                var end = 0;
                foreach (var slot in parsed.Slots)
                {
                    slot.Start.ShouldBeGreaterThanOrEqualTo(end);
                    end = slot.End;
                }

                end.ShouldBeLessThanOrEqualTo(line.Length);
            }
        },
        iter: 400);

    internal static byte[] Rendered(in ParsedLine line)
    {
        var values = new List<byte>();
        var ends = new List<int>();
        foreach (var slot in line.Slots)
        {
            values.AddRange(line.Raw.Slice(slot.Start, slot.Length));
            ends.Add(values.Count);
        }

        var output = new byte[line.Raw.Length];
        var written = line.Shape.Render(values.ToArray(), ends.ToArray(), output);
        written.ShouldBe(output.Length);
        return output;
    }
}
