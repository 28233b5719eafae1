using System.Text;
using CsCheck;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Tests.Templates;

public sealed class TokenScannerTests
{
    private const string Bytes = "aafgzT019-._/$+~:@\\ =,é";

    // Every token of fewer than 64 bytes is counted from bits; the scanner that reads byte by byte is the oracle.
    [Fact]
    public void A_token_counted_from_bits_is_the_token_read_byte_by_byte()
    {
        var seen = 0;
        Gen.Select(Gen.Int[0, Bytes.Length - 1].Array[1, 150], Gen.Int[0, 149]).Sample(
            (picks, start) =>
            {
                var line = Encoding.UTF8.GetBytes(string.Concat(picks.Select(static p => Bytes[p])));
                var from = start % line.Length;
                var map = new ByteMap();
                map.Build(line);
                var end = TokenScanner.ScanWord(line, map, from, line.Length, out var kind);
                var expected = TokenScanner.ScanLong(line, from, line.Length, out var expectedKind);
                (end, kind).ShouldBe((expected, expectedKind), $"from byte {from} of {Encoding.UTF8.GetString(line)}");
                Interlocked.Add(ref seen, end > from ? 1 : 0);
            },
            iter: 200_000);
        seen.ShouldBeGreaterThan(50_000);
    }

    // Values are found by marks, words are passed over unread; reading token by token is the oracle.
    [Fact]
    public void Values_found_by_their_marks_are_those_found_token_by_token()
    {
        string[] pieces =
        [
            "word", "Block", "block:", "done.", "a", "of", "true", "ROOT", "admin", "null", "Jun", "Mon", "Sun Jul 24 02:38:22 2005", "deadbeefdeadbeef", "beef", "facade",
            "12", "4.6", "KB", "MiB", "B", "Kb.", "blk_-16", "blk_7", "10.0.0.1:80", "/a/b?c=d", "http://x/y", "uid=0", "msra-sa-41", "()", "(x)", "[12]", "a:b", "x:12:y",
            "0x1f", "-", "--", "-5", "é", "ü1", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "1,2,3", "node-246", "node-247", "a@b.com", "\\\\x",
            "Jan", "3", "12:13:14", "2015-10-18 18:01:47,978", "GET /i HTTP/1.1", "_x", "$", "...", "::1",
        ];
        string[] gaps = [" ", " ", " ", " ", "  ", ",", "=", "(", "", ":", "\t", "\0"];
        var values = 0;
        Gen.Select(Gen.Select(Gen.Int[0, pieces.Length - 1], Gen.Int[0, gaps.Length - 1]).Array[1, 30], Gen.Int[0, 40]).Sample(
            (picks, start) =>
            {
                var line = Encoding.UTF8.GetBytes(string.Concat(picks.Select(p => pieces[p.Item1] + gaps[p.Item2])));
                var from = Math.Min(start, line.Length);
                var map = new ByteMap();
                map.Build(line);
                var (found, all) = (new Token[1100], new Token[1100]);
                var count = MessageTokenizer.Tokenize(line, map, from, line.Length, found, 0, words: false);
                var oracle = all.AsSpan(0, MessageTokenizer.Tokenize(line, map, from, line.Length, all, 0, words: true)).ToArray().Where(static t => t.IsVariable).ToArray();
                found.AsSpan(0, count).ToArray().ShouldBe(oracle, $"from byte {from} of {Encoding.UTF8.GetString(line)}");
                Interlocked.Add(ref values, count);
            },
            iter: 100_000);
        values.ShouldBeGreaterThan(100_000);
    }

    [Theory]
    [InlineData("blk_-1608999687919862906", SlotKind.Identifier)]
    [InlineData("/10.250.19.102:54106", SlotKind.Address)]
    [InlineData("10.250.19.102:54106", SlotKind.Address)]
    [InlineData("67108864", SlotKind.Number)]
    [InlineData("node-246", SlotKind.Identifier)]
    [InlineData("ssh2", SlotKind.Word)]
    [InlineData("38101a0b-2096-447d-96ea-a692162415ae", SlotKind.Uuid)]
    public void The_kind_of_a_value_does_not_depend_on_where_in_the_line_it_stands(string value, SlotKind kind)
    {
        for (var before = 0; before < 140; before++)
        {
            var line = Encoding.ASCII.GetBytes(new string('x', before) + " " + value + " end");
            var map = new ByteMap();
            map.Build(line);
            var tokens = new Token[64];
            var count = MessageTokenizer.Tokenize(line, map, 0, line.Length, tokens, 0, words: true);
            var token = tokens.AsSpan(0, count)[^2];
            Encoding.ASCII.GetString(line, token.Start, token.Length).ShouldBe(value);
            token.Kind.ShouldBe(kind);
        }
    }
}
