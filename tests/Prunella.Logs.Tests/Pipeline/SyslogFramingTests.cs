using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs.Tests.Pipeline;

public sealed class SyslogFramingTests
{
    [Fact]
    public void TryTake_OfBothFramings_HoweverTheStreamIsCut_GivesTheMessages() =>
        Gen.Select(Gen.Char.AlphaNumeric.Array[1, 20].Select(static c => "<34>" + new string(c)).List[0, 12], Gen.Bool.List[12], Gen.Int[1, 7]).Sample(static (messages, counted, step) =>
        {
            var stream = new StringBuilder();
            for (var n = 0; n < messages.Count; n++)
            {
                stream.Append(counted[n] ? string.Create(CultureInfo.InvariantCulture, $"{messages[n].Length} {messages[n]}") : messages[n] + "\n");
            }

            var bytes = Encoding.ASCII.GetBytes(stream.ToString());
            var found = new List<string>();
            var waiting = Array.Empty<byte>();
            for (var at = 0; at < bytes.Length; at += step)
            {
                waiting = [.. waiting, .. bytes.AsSpan(at, Math.Min(step, bytes.Length - at))];
                ReadOnlySpan<byte> left = waiting;
                while (SyslogFraming.TryTake(ref left, out var message))
                {
                    found.Add(Encoding.ASCII.GetString(message));
                }

                waiting = left.ToArray();
            }

            found.ShouldBe(messages);
            waiting.ShouldBeEmpty();
        });

    [Fact]
    public void TryTake_OfAnyBytes_AlwaysEnds() => Gen.Byte.Array[0, 300].Sample(static bytes =>
    {
        ReadOnlySpan<byte> left = bytes;
        var before = left.Length + 1;
        while (SyslogFraming.TryTake(ref left, out var message))
        {
            left.Length.ShouldBeLessThan(before);
            message.Length.ShouldBeLessThan(before);
            before = left.Length;
        }
    });

    [Theory]
    [InlineData("<34>a message\n", "<34>a message\n")]
    [InlineData("two\nlines\r\n", "two lines\n")]
    [InlineData("\n", "")]
    public void WriteLine_MakesOneLine(string message, string line)
    {
        var lines = new ArrayBufferWriter<byte>();
        SyslogFraming.WriteLine(Encoding.ASCII.GetBytes(message), lines);
        Encoding.ASCII.GetString(lines.WrittenSpan).ShouldBe(line);
    }
}
