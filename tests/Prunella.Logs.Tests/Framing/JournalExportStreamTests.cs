using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Prunella.Logs.Framing;

namespace Prunella.Logs.Tests.Framing;

public sealed class JournalExportStreamTests
{
    [Fact]
    public void Decode_GivesEachEntryAsALine_BinaryFieldsToo()
    {
        var export = new MemoryStream();
        export.Write("__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1773734400123456\nPRIORITY=3\n_HOSTNAME=node\nSYSLOG_IDENTIFIER=sshd\n_PID=812\nMESSAGE=bad key\n\n"u8);
        export.Write("__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1773734401000000\n_COMM=web\nMESSAGE\n"u8);
        var text = "two\nlines = é"u8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        export.Write(length);
        export.Write(text);
        export.Write("\n\n"u8);
        Decoded(export.ToArray()).ShouldBe("""
            {"time":"2026-03-17T08:00:00.123456Z","PRIORITY":"3","SYSLOG_IDENTIFIER":"sshd","_PID":"812","_HOSTNAME":"node","MESSAGE":"bad key"}
            {"time":"2026-03-17T08:00:01.000000Z","SYSLOG_IDENTIFIER":"web","MESSAGE":"two\nlines = é"}

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Decode_OfAnythingElse_GivesItAsItIs() => Gen.Byte.Array[0, 100].Sample(static bytes => Encoding.Latin1.GetString(Bytes(bytes)).ShouldBe(Encoding.Latin1.GetString(bytes)));

    [Fact]
    public void Decode_OfAnExportThatIsTornOrLies_EndsOrThrows() => Gen.Byte.Array[0, 100].Sample(static bytes =>
    {
        try
        {
            Bytes([.. "__CURSOR=x\nMESSAGE\n"u8, .. bytes]);
        }
        catch (InvalidDataException)
        {
            // Said to the reader.
        }
    });

    private static string Decoded(byte[] bytes) => Encoding.UTF8.GetString(Bytes(bytes));

    private static byte[] Bytes(byte[] bytes)
    {
        using var stream = JournalExport.Decode(new MemoryStream(bytes));
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
