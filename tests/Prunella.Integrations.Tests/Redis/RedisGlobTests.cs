using System.Text;
using Prunella.Integrations.Redis;

namespace Prunella.Integrations.Tests.Redis;

public sealed class RedisGlobTests
{
    [Theory]
    [InlineData("session:*", "session:1", true)]
    [InlineData("session:*", "xsession:1", false)]
    [InlineData("*:lock", "a:b:lock", true)]
    [InlineData("h?llo", "hello", true)]
    [InlineData("h?llo", "hllo", false)]
    [InlineData("h[ae]llo", "hallo", true)]
    [InlineData("h[^e]llo", "hello", false)]
    [InlineData("h[a-c]llo", "hbllo", true)]
    [InlineData("h[c-a]llo", "hbllo", true)]
    [InlineData(@"a\*b", "a*b", true)]
    [InlineData(@"a\*b", "axb", false)]
    [InlineData(@"[\]]", "]", true)]
    [InlineData("*", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a**b*", "acbd", true)]
    public void Matches_AsRedisDoes(string pattern, string key, bool matches) => RedisGlob.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(key)).ShouldBe(matches);

    [Fact]
    public void Matches_ManyStars_EndsSoon() =>
        RedisGlob.Matches(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*a", 200)) + "b"), Encoding.UTF8.GetBytes(new string('a', 20_000))).ShouldBeFalse();
}
