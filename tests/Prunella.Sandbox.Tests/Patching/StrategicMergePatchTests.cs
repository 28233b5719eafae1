using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using k8s.Models;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Patching;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Tests.Patching;

public sealed class StrategicMergePatchTests
{
    private static JsonObject Json(string text) => (JsonObject)JsonBody.Parse(Encoding.UTF8.GetBytes(text))!;

    private static string Apply(string target, string patch, Type? type = null)
    {
        var body = Json(target);
        StrategicMergePatch.Apply(body, Json(patch), SchemaCatalogue.For(type ?? typeof(V1PodSpec)));
        return body.ToJsonString();
    }

    [Fact]
    public void Replace_Directive_ReplacesTheList() =>
        Apply("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"c"},{"$patch":"replace"}]}""").ShouldBe("""{"containers":[{"name":"c"}]}""");

    [Fact]
    public void Delete_Directive_RemovesTheElement() =>
        Apply("""{"volumes":[{"name":"a"},{"name":"b"}]}""", """{"volumes":[{"name":"a","$patch":"delete"}]}""").ShouldBe("""{"volumes":[{"name":"b"}]}""");

    [Fact]
    public void Tolerations_HaveNoMergeKey_AndReplace() =>
        Apply("""{"tolerations":[{"key":"a"}]}""", """{"tolerations":[{"key":"b"}]}""").ShouldBe("""{"tolerations":[{"key":"b"}]}""");

    [Fact]
    public void SetElementOrder_SortsAsAsked() =>
        Apply("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"x"}]}""")
            .ShouldBe("""{"containers":[{"name":"b"},{"name":"a","image":"x"}]}""");

    [Fact]
    public void DeleteFromPrimitiveList_RemovesFinalizers() =>
        Apply("""{"finalizers":["a/b","c/d"]}""", """{"$deleteFromPrimitiveList/finalizers":["a/b"],"finalizers":["e/f"]}""", typeof(V1ObjectMeta)).ShouldBe("""{"finalizers":["c/d","e/f"]}""");

    [Fact]
    public void RetainKeys_DropsTheOthers() =>
        Apply("""{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}""", """{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}""", typeof(V1DeploymentSpec))
            .ShouldBe("""{"strategy":{"type":"Recreate"}}""");

    [Fact]
    public void MissingMergeKey_Throws() => Should.Throw<PatchException>(() => Apply("{}", """{"containers":[{"image":"x"}]}"""));

    [Fact]
    public void Merge_OfAnySubset_IsIdempotent() => Gen.Select(Gen.Int[0, 4].Array[0, 5], Gen.Int[0, 4].Array[0, 5]).Sample((have, want) =>
    {
        string List(int[] names) => "{\"containers\":[" + string.Join(',', names.Distinct().Select(name => $"{{\"name\":\"c{name}\",\"image\":\"i{name}\"}}")) + "]}";
        var once = Apply(List(have), List(want));
        Apply(once, List(want)).ShouldBe(once);
        Json(once).Items("containers").Select(each => each.Text("name")).ShouldBe(have.Concat(want).Distinct().Select(name => "c" + name), ignoreOrder: true);
    });

    [Theory]
    [InlineData("1000m", "1")]
    [InlineData("0.5", "500m")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1500Mi", "1500Mi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("100000", "100k")]
    [InlineData("0", "0")]
    public void Quantity_Canonical_AsTheServerWritesIt(string given, string canonical)
    {
        Quantity.TryParse(given, out var quantity).ShouldBeTrue();
        quantity.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1.2.3")]
    [InlineData("1Zi")]
    [InlineData("99999999999999999999999999999999Ei")]
    public void Quantity_Malformed_IsRefused(string given) => Quantity.TryParse(given, out _).ShouldBeFalse();

    [Fact]
    public void Quantity_AnyWholeNumber_KeepsItsValue() => Gen.Long[0, 1L << 50].Sample(value =>
    {
        Quantity.TryParse(value.ToString(System.Globalization.CultureInfo.InvariantCulture), out var quantity).ShouldBeTrue();
        Quantity.Of(JsonValue.Create(quantity.ToString())).ShouldBe(value);
    });
}
