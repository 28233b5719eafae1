using CsCheck;
using Prunella.Terminal;

namespace Prunella.Tests.Terminal;

public sealed class InertTextTests
{
    [Theory]
    [InlineData("plain text, ünïcode 日本語 ✓ 🙂", "plain text, ünïcode 日本語 ✓ 🙂")]
    [InlineData("\u001b[2J\u001b[31mred", "\\u{1B}[2J\\u{1B}[31mred")]
    [InlineData("\u009b31m", "\\u{9B}31m")]
    [InlineData("\u001b]0;title\u0007", "\\u{1B}]0;title\\u{7}")]
    [InlineData("user\u202Egnp.exe", "user\\u{202E}gnp.exe")]
    [InlineData("a\u2066b\u2069c\u200Fd\u061Ce", "a\\u{2066}b\\u{2069}c\\u{200F}d\\u{61C}e")]
    [InlineData("in\u200Bvis\uFEFFible", "in\\u{200B}vis\\u{FEFF}ible")]
    [InlineData("one\r\ntwo\nthree\rfour", "one⏎two⏎three\\u{D}four")]
    [InlineData("a\u2028b\u2029c\u0085d", "a\\u{2028}b\\u{2029}c\\u{85}d")]
    [InlineData("tab\there\bback\u007f", "tab here\\u{8}back\\u{7F}")]
    [InlineData("\uDB40\uDC41tag", "\\u{E0041}tag")]
    [InlineData(null, "")]
    public void Line_HostileText_IsWrittenOut(string? text, string expected) => InertText.Line(text).ShouldBe(expected);

    [Fact]
    public void Line_HalfASurrogatePair_IsWrittenOut() => InertText.Line("a" + '\uD800' + "b").ShouldBe("a\\u{D800}b");

    [Fact]
    public void Block_KeepsLinesOnly() => InertText.Block("a\r\nb\n\tc\u001b[H").ShouldBe("a\nb\n\tc\\u{1B}[H");

    [Fact]
    public void Line_AnyText_HasNothingThatATerminalActsOn() =>
        Gen.OneOf(Gen.String, Gen.Char['\u0000', '\u00A0'].Array.Select(chars => new string(chars)), Gen.Char['\u2000', '\u2070'].Array.Select(chars => new string(chars)))
            .Sample(text => InertText.Line(text).All(c => c >= ' ' && c is not (>= '\u007F' and <= '\u009F') && c is not (>= '\u200B' and <= '\u200F' or >= '\u2028' and <= '\u202E' or >= '\u2060' and <= '\u206F' or '\uFEFF' or '\u061C')),
                iter: 10_000);

    [Fact]
    public void Line_Twice_ChangesNothingMore() => Gen.String.Sample(text => InertText.Line(InertText.Line(text)) == InertText.Line(text), iter: 10_000);
}
