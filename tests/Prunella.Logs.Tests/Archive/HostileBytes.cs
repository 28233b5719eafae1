using System.Text;
using CsCheck;

namespace Prunella.Logs.Tests.Archive;

/// <summary>Inputs on which an archive must lose nothing: noise, text that is nearly a log, and the edges of every coding.</summary>
internal static class HostileBytes
{
    internal static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 4000].Select(static b => Array.ConvertAll(b, static x => x % 11 == 0 ? (byte)'\n' : x % 13 == 0 ? (byte)'\r' : x));

    private static readonly Gen<string> Word = Pick(
        "2015-10-18 18:01:47,978", "2015-02-29 18:01:47,978", "2015-10-18 24:00:60,978", "0000-00-00 00:00:00", "Jun 14 15:16:01", "Jun  4 15:16:01", "Feb 30 15:16:01",
        "[Sun Dec 04 04:47:44 2005]", "[Mon Dec 04 04:47:44 2005]", "081109 203615", "17/May/2015:10:05:03 +0000", "I0612 10:00:00.123456", "INFO", "[error]", "sshd[19939]:",
        "007", "7", "-0", "-7", "18446744073709551616", "9223372036854775807", "-9223372036854775808", "999999999999999999", "0", "00", "1e5", "1.50",
        "blk_-6952295868487656571", "blk_6952295868487656571", "10.251.73.220:50010", "10.251.73.220:050010", "/10.1.1.1", "a1b2c3d4e5f60718", "A1B2C3D4E5F60718", "a1B2c3D4",
        "0f8fad5b-d9cb-469f-a165-70867728950e", "user", "for", "key=value", "uid=0", "{\"a\":1,\"t\":\"\"}", "{\"a\":", "", " ", "\t", "\0", "é漢", "\ud83d\ude00", "()", "<*>", "\r", "x\r");

    private static readonly Gen<string> Line = Gen.Select(Word.List[0, 8], Pick(" ", "  ", ", ", ": ", "")).Select(static (words, gap) => string.Join(gap, words));

    internal static readonly Gen<byte[]> LogLike = Gen.Select(Line.List[1, 8], Gen.Int[0, 7].List[0, 120], Word.List[1, 30], Pick("\n", "\r\n", "\n", "\n\n")).Select(static (forms, picks, words, end) =>
    {
        // A few forms many times with other words in them, so that columns have rows.
        var text = new StringBuilder();
        for (var n = 0; n < picks.Count; n++)
        {
            text.Append(forms[picks[n] % forms.Count]).Append(' ').Append(words[n % words.Count]).Append(n * 7919 % 1000).Append(n % 17 == 16 ? "\n" : end);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    });

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
