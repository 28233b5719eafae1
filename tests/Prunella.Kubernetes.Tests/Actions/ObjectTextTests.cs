using System.Text.Json.Nodes;
using CsCheck;
using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class ObjectTextTests
{
    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    [Fact]
    public void Of_ServerFieldsAndSecrets_AreNotShown()
    {
        var text = ObjectText.Of(Json("""
            {"kind":"Deployment","metadata":{"name":"a","uid":"u","resourceVersion":"1","managedFields":[{}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},
             "spec":{"containers":[{"name":"app","image":"registry:5000/shop:1","args":["--password=hunter2","postgres://u:hunter2@db/x"],
              "env":[{"name":"API_TOKEN","value":"hunter2"},{"name":"REGION","value":"eu"},{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]},"status":{"x":1}}
            """));
        text.ShouldNotContain("hunter2");
        text.ShouldContain("value: ‹redacted›");
        text.ShouldContain("value: eu");
        text.ShouldContain("key: password");
        text.ShouldContain("image: registry:5000/shop:1");
        text.ShouldNotContain("resourceVersion");
        text.ShouldNotContain("last-applied");
        text.ShouldNotContain("status");
        ObjectText.Of(Json("""{"kind":"Secret","data":{"a":"aHVudGVyMg=="}}""")).ShouldBe("kind: Secret\ndata:\n  a: ‹redacted›\n");
    }

    [Fact]
    public void Of_AmbiguousAndHostileScalars_AreQuotedAndInert() =>
        ObjectText.Of(Json("""{"a":"true","b":"1e3","c":"x: y","d":"\u001b[2J","e":[],"f":{},"g":null,"h":[1,{"i":2,"j":[3]}],"k":""}"""))
            .ShouldBe("a: \"true\"\nb: \"1e3\"\nc: \"x: y\"\nd: \"\\\\u001b[2J\"\ne: []\nf: {}\ng: null\nh:\n- 1\n- i: 2\n  j:\n  - 3\nk: \"\"\n");

    [Fact]
    public void UnifiedDiff_AnyTwoTexts_LeadsFromOneToTheOther() =>
        Gen.Select(Gen.Char['a', 'd'].Array[0, 40], Gen.Char['a', 'd'].Array[0, 40]).Sample((left, right) =>
        {
            var (before, after) = (string.Join('\n', left), string.Join('\n', right));
            var diff = UnifiedDiff.Of(before, after, "x");
            if (before == after) diff.ShouldBeEmpty();
            else Apply(before.Split('\n'), diff).ShouldBe(after.Split('\n'));
        }, iter: 10_000);

    [Fact]
    public void Of_AnyText_HasNoControlOrReorderingCharacters() =>
        Gen.String.Sample(text => InertText.Of(text).Where(character => character is not ('\n' or '\t') && (char.IsControl(character) || character is '\u202e' or '\u200b' or '\u2028')).ShouldBeEmpty(), iter: 10_000);

    private static List<string> Apply(string[] before, string diff)
    {
        var result = new List<string>();
        var at = 0;
        foreach (var line in diff.Split('\n').Skip(2))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                var start = int.Parse(line[4..line.IndexOf(',')], System.Globalization.CultureInfo.InvariantCulture) - 1;
                while (at < start) result.Add(before[at++]);
            }
            else if (line.Length == 0) continue;
            else if (line[0] == '+') result.Add(line[1..]);
            else
            {
                before[at].ShouldBe(line[1..]);
                if (line[0] == ' ') result.Add(before[at]);
                at++;
            }
        }
        result.AddRange(before[at..]);
        return result;
    }
}
