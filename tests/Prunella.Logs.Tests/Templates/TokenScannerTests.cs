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
