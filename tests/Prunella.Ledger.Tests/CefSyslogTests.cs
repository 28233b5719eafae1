using System.Text.Json;

namespace Prunella.Ledger.Tests;

public sealed class CefSyslogTests
{
    private readonly CefSyslog format = new("node 1", "1.0|beta");

    private static LedgerEntry Entry(string subject, string actor, object payload) =>
        new LedgerChain(Ledgers.Keys).Next(LedgerHead.Empty, new LedgerDraft("verdict", subject, actor, JsonSerializer.SerializeToElement(payload)), Ledgers.Start);

    [Fact]
    public void ToMessage_IsSyslogWithCef()
    {
        var entry = Entry("inc-1", "prunella", new { a = 1 });
        format.ToMessage(entry).ShouldBe(
            "<110>1 2026-01-31T03:14:15.000000Z node_1 prunella - verdict - CEF:0|Prunella|Prunella|1.0\\|beta|verdict|verdict|3|"
            + $"rt=1769829255000 cn1Label=number cn1=1 suser=prunella cs1Label=subject cs1=inc-1 cs2Label=hash cs2={entry.Hash} "
            + $"cs3Label=previousHash cs3={entry.PreviousHash} cs4Label=key cs4={entry.KeyId} cs5Label=payload cs5={{\"a\":1}}");
    }

    [Fact]
    public void ToMessage_HostileTexts_CannotForgeFieldsOrLines()
    {
        var message = format.ToMessage(Entry("x cs2=forged\nCEF:0|evil", "eve=root\r\n", new { text = "a=b\\c\n" }));
        message.ShouldNotContain("\n");
        message.ShouldNotContain("\r");
        message.ShouldContain("cs1=x cs2\\=forged\\nCEF:0|evil cs2Label=hash");
        message.ShouldContain("suser=eve\\=root\\r\\n cs1Label");
    }

    [Fact]
    public void ToMessage_LongPayload_IsCutAndSaysSo()
    {
        var message = format.ToMessage(Entry("s", "a", new { text = new string('x', 10_000) }));
        message.Length.ShouldBeLessThan(5_000);
        message.ShouldContain("cs5Label=payloadCut");
    }
}
