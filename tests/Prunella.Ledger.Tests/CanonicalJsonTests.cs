using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Prunella.Ledger.Tests;

public sealed class CanonicalJsonTests
{
    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.ToText(document.RootElement);
    }

    // RFC 8785, appendix B: bit patterns and their text.
    [Theory]
    [InlineData(0x0000000000000000UL, "0")]
    [InlineData(0x8000000000000000UL, "0")]
    [InlineData(0x0000000000000001UL, "5e-324")]
    [InlineData(0x8000000000000001UL, "-5e-324")]
    [InlineData(0x7fefffffffffffffUL, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffffUL, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000UL, "9007199254740992")]
    [InlineData(0xc340000000000000UL, "-9007199254740992")]
    [InlineData(0x4430000000000000UL, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5UL, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6UL, "1e+23")]
    [InlineData(0x44b52d02c7e14af7UL, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4eUL, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4fUL, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50UL, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8cUL, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8dUL, "0.000001")]
    [InlineData(0x41b3de4355555553UL, "333333333.3333332")]
    [InlineData(0x41b3de4355555557UL, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696UL, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959UL, "1424953923781206.2")]
    public void Number_OfTheStandard_IsWrittenAsThere(ulong bits, string expected) =>
        CanonicalJson.Number(BitConverter.UInt64BitsToDouble(bits)).ShouldBe(expected);

    [Fact]
    public void Members_AreOrderedByUtf16Units() =>
        // RFC 8785, 3.2.3: an emoji's surrogates come before U+FB33, though its code point comes after.
        Canonical("""{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}""")
            .ShouldBe("{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\uFB33\":3}");

    [Fact]
    public void Text_HasTheShortestEscapes() =>
        Canonical("""["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\b\t\f\u007f<>&"]""")
            .ShouldBe("[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\u007F<>&\"]");

    [Fact]
    public void Literals_AndNesting_HaveNoWhiteSpace() =>
        Canonical(""" { "b" : [ null , true , false , { } , [ ] , 1.0 , 1E2 ] , "a" : -0.0 } """).ShouldBe("""{"a":0,"b":[null,true,false,{},[],1,100]}""");

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "twice")]
    [InlineData("""{"a":{"x":1,"\u0078":2}}""", "$.a")]
    [InlineData("""["\ud800"]""", "surrogate")]
    [InlineData("""{"\udc00":1}""", "surrogate")]
    [InlineData("""{"ticks":[638999999999999999]}""", "$.ticks[0]")]
    [InlineData("""{"n":9007199254740993}""", "round")]
    [InlineData("""{"n":1e400}""", "double")]
    public void Value_WithoutCanonicalForm_IsRefusedWithItsPlace(string json, string expected) =>
        Should.Throw<CanonicalJsonException>(() => Canonical(json)).Message.ShouldContain(expected);

    [Fact]
    public void WholeNumber_ThatADoubleHoldsExactly_Passes() => Canonical("[9007199254740994,-123456789012345]").ShouldBe("[9007199254740994,-123456789012345]");

    [Fact]
    public void Number_AnyDouble_IsReadBackAndNoLongerThanTheShortest() =>
        Gen.ULong.Select(BitConverter.UInt64BitsToDouble).Where(double.IsFinite).Sample(number =>
        {
            var text = CanonicalJson.Number(number);
            var digits = text.TrimStart('-').Split('e')[0].Replace(".", "", StringComparison.Ordinal).Trim('0').Length;
            return double.Parse(text, CultureInfo.InvariantCulture).Equals(number == 0 ? 0d : number) && digits <= 17;
        }, iter: 100_000);

    [Fact]
    public void Canonical_AnyValue_IsAFixedPointAndKeepsTheValue() =>
        Values(3).Sample(node =>
        {
            var canonical = Canonical(node?.ToJsonString() ?? "null");
            return Canonical(canonical) == canonical && JsonNode.DeepEquals(JsonNode.Parse(canonical), node);
        }, iter: 20_000);

    [Fact]
    public void Canonical_MembersInAnyOrderAndSpacing_GivesTheSameBytes() =>
        Gen.Select(Gen.Dictionary(Gen.String[0, 8].Where(WellFormed), Gen.Double.Where(double.IsFinite))[0, 8], Gen.Int).Sample((members, seed) =>
        {
            var shuffled = members.ToArray();
            new Random(seed).Shuffle(shuffled);
            var one = JsonSerializer.Serialize(members);
            var other = JsonSerializer.Serialize(shuffled.ToDictionary(member => member.Key, member => member.Value), Indented);
            return Canonical(one) == Canonical(other);
        }, iter: 10_000);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static bool WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private static Gen<JsonNode?> Values(int depth)
    {
        var leaf = Gen.OneOf<JsonNode?>(
            Gen.String[0, 12].Where(WellFormed).Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Double.Where(double.IsFinite).Select(number => (JsonNode?)JsonValue.Create(number == 0 ? 0d : number)),
            Gen.Int.Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Bool.Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Const((JsonNode?)null));
        if (depth == 0) return leaf;
        var inner = Values(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Gen.Dictionary(Gen.String[0, 6].Where(WellFormed), inner)[0, 4].Select(members =>
                (JsonNode?)new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))));
    }
}
