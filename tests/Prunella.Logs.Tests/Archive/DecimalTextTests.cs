using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;

namespace Prunella.Logs.Tests.Archive;

public sealed class DecimalTextTests
{
    private const string Digits = "987654321012345678";

    private readonly Scratch<long> scratch = new();

    [Theory]
    [InlineData("")]
    [InlineData(" 17 of a line that goes on")]
    public void NumbersOfEveryLength_AreReadAsTheyAreWritten_WhateverStandsBehindThem(string behind)
    {
        for (var length = 1; length <= Digits.Length; length++)
        {
            var text = Digits[..length];

            TryParse(text, behind, out var number).ShouldBeTrue();
            number.ShouldBe(long.Parse(text, CultureInfo.InvariantCulture));
            if (length < Digits.Length)
            {
                TryParse("-" + text, behind, out number).ShouldBeTrue();
                number.ShouldBe(-long.Parse(text, CultureInfo.InvariantCulture));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000")]
    public void AByteThatIsNoFigure_AtAnyPlace_MakesItNoNumber(string behind)
    {
        for (var length = 1; length <= Digits.Length; length++)
        {
            for (var at = 0; at < length; at++)
            {
                for (var b = 0; b < 256; b++)
                {
                    if (b is >= '0' and <= '9' || (b == '-' && at == 0 && length > 1))
                    {
                        continue;
                    }

                    var text = $"{Digits[..at]}{(char)b}{Digits[(at + 1)..length]}";

                    TryParse(text, behind, out _).ShouldBeFalse($"byte {b} at {at} of {length}");
                }
            }
        }
    }

    // Behind another number: of a column the first value is looked at alone before all of them are read.
    private bool TryParse(string text, string behind, out long number)
    {
        var raw = Encoding.Latin1.GetBytes("7" + text + behind);
        var parsed = DecimalText.TryParse(new Values(raw, new ArraySegment<Piece>([new Piece(0, 1), new Piece(1, text.Length)])), scratch, out var numbers, out _);
        number = parsed ? numbers[1] : 0;
        scratch.Clear();
        return parsed;
    }
}
