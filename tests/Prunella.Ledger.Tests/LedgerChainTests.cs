using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Prunella.Ledger.Tests;

public sealed class LedgerChainTests
{
    private readonly LedgerChain chain = new(Ledgers.Keys);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    [Fact]
    public void Next_HashIsTheDocumentedOne()
    {
        // Written out once more from docs/ledger.md with nothing but SHA-256.
        var entry = chain.Next(LedgerHead.Empty, new LedgerDraft("intent", "s", "prunella", Json("""{"b":1.0,"a":"é"}""")), Ledgers.Start.AddTicks(1_234_567));
        var key = HMACSHA256.HashData(Enumerable.Repeat((byte)0x11, 32).ToArray(), "prunella ledger entries"u8);
        var text = new string('0', 64)
            + $$"""{"actor":"prunella","at":"2026-01-31T03:14:15.123456Z","key":"{{Ledgers.Keys.SigningId}}","kind":"intent","number":1,"payload":{"a":"é","b":1},"subject":"s"}""";
        entry.Hash.ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))));
        entry.At.ShouldBe(Ledgers.Start.AddTicks(1_234_560));
        entry.Payload.GetRawText().ShouldBe("""{"a":"é","b":1}""");
        chain.Next(LedgerHead.Of(entry), Ledgers.Draft(1), Ledgers.Start).PreviousHash.ShouldBe(entry.Hash);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("1")]
    public void Next_PayloadThatIsNoObject_IsRefused(string payload) =>
        Should.Throw<ArgumentException>(() => chain.Next(LedgerHead.Empty, new LedgerDraft("k", "s", "a", Json(payload)), Ledgers.Start));

    [Fact]
    public void Next_HugePayload_IsRefused() =>
        Should.Throw<ArgumentException>(() => chain.Next(LedgerHead.Empty, new LedgerDraft("k", "s", "a",
            JsonSerializer.SerializeToElement(new { text = new string('x', LedgerChain.PayloadBytesMax) })), Ledgers.Start)).Message.ShouldContain("most");

    [Fact]
    public void Next_AnyTexts_VerifyAfterExport() =>
        Gen.Select(Gen.String, Gen.String, Gen.String[0, 2_000]).Sample((subject, actor, text) =>
        {
            var first = chain.Next(LedgerHead.Empty, new LedgerDraft("verdict", subject, actor, JsonSerializer.SerializeToElement(new { text })), Ledgers.Start);
            var second = chain.Next(LedgerHead.Of(first), new LedgerDraft("verdict", text, subject, JsonSerializer.SerializeToElement(new { actor })), Ledgers.Start);
            return Ledgers.VerifyFile(Ledgers.Export([first, second])).Intact && second.Subject.Length <= LedgerChain.TextMax;
        }, iter: 10_000);

    [Fact]
    public void Clean_LongTexts_StayApartAndAreCleanedOnce()
    {
        var one = LedgerChain.Clean(new string('x', 2_000) + "1");
        one.Length.ShouldBe(LedgerChain.TextMax);
        one.ShouldNotBe(LedgerChain.Clean(new string('x', 2_000) + "2"));
        LedgerChain.Clean(one).ShouldBe(one);
        LedgerChain.Clean("a\0b\ud800").ShouldBe("a\uFFFDb\uFFFD");
    }
}
