using Prunella.Logs.Redaction;

namespace Prunella.Logs.Tests.Redaction;

public sealed class SipHashTests
{
    // Appendix A of the paper: key 00..0f, input 00..0e.
    [Fact]
    public void Hash_PaperVector_Agrees()
    {
        var input = Enumerable.Range(0, 15).Select(static n => (byte)n).ToArray();
        new SipHash(0x0706050403020100, 0x0F0E0D0C0B0A0908).Hash(input).ShouldBe(0xA129CA6149BE45E5);
    }
}
