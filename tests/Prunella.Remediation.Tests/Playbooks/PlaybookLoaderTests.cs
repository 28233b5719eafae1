using CsCheck;
using Prunella.Remediation.Playbooks;

namespace Prunella.Remediation.Tests.Playbooks;

public sealed class PlaybookLoaderTests
{
    private const string Sound = """
        name: pool
        version: 1.0.0
        description: A pool.
        cause: pool-exhausted
        family: connections
        match:
          alerts: [PoolFull]
        conditions:
          - metric: 'max(pool_active{namespace="{{target.namespace}}"}) / max(pool_max)'
            atLeast: 95%
        actions:
          - action: restart-workload
        """;

    [Fact]
    public void Load_ASoundPlaybook_HasNoProblem()
    {
        Facts.ProblemsOf(Sound).ShouldBeEmpty();
        var playbook = Facts.Load(Sound).All.ShouldHaveSingleItem();
        playbook.Cause.ShouldBe("pool-exhausted");
        playbook.ActionNames.ShouldBe(["restart-workload"]);
    }

    [Fact]
    public void Load_AFileFullOfErrors_ReportsEveryOneWithItsPlaceAtOnce()
    {
        const string Yaml = """
            name: Pool Full
            version: 1
            describtion: A pool.
            cause: pool
            family: connections
            match:
              alerts: ['Pool(', '(?=look)x']
              labels: ['severity critical']
            conditions:
              - metric: 'max(pool_active{pod="{{label.pod}}") / 3'
                above: 50 MB
                over: 10m
                measure: slope
              - metric: 'up{{{label.pod}}}'
                abov: 3
              - workload: redy
                below: desired
              - label: severity
                equals: critical
                annotation: x
            actions:
              - action: restart-wrkload
              - action: delete-database
              - action: scale-up
                with: { replcas: 3, by: many }
              - action: call-webhook
                wait: ten
            escalateAfter: 99
            """;

        var problems = Facts.ProblemsOf(Yaml);

        var shown = problems.Select(problem => problem.ToString()).ToList();
        void Has(string place, string text) => shown.ShouldContain(line => line.StartsWith($"test.yaml:{place}:", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal), string.Join('\n', shown));
        Has("1:7", "'Pool Full' is no name");
        Has("3:1", "Did you mean 'description'?");
        Has("1:1", "'description' is missing");
        Has("7:12", "no regular expression");
        Has("7:21", "linear time");
        Has("8:12", "no label matcher");
        Has("10:13", "')' at character");
        Has("11:5", "bounded without a time");
        Has("14:13", "outside of quotes");
        Has("15:5", "Did you mean 'above'?");
        Has("16:15", "'redy' is no workload");
        Has("18:5", "asks label and annotation at once");
        Has("22:13", "Did you mean 'restart-workload'?");
        Has("23:13", "forbidden and never executes");
        Has("25:13", "no parameter 'replcas'");
        Has("25:29", "a whole number from 1 to 50");
        Has("26:5", "needs the parameter 'hook'");
        Has("27:11", "a duration such as 30s");
        Has("28:16", "a whole number from 1 to 10");
    }

    [Theory]
    [InlineData("above: 90%", "over: 10m\n    measure: slope", "bounded without a time")]
    [InlineData("above: 50 MB/min", "unit: ratio", "the bound counts bytes, the value shares")]
    [InlineData("above: 50 MB/min", "unit: bytes", "the bound is per time, the value is not")]
    [InlineData("above: 90", "unit: percent", "a bare number could be a share or a percentage")]
    [InlineData("above: 5", "unit: bytes", "the bound has no unit")]
    [InlineData("above: 5 mb", "unit: bytes", "'5 mb' does not fit 'above'")]
    [InlineData("above: 200 ms", "unit: furlongs", "'furlongs' is no unit")]
    [InlineData("below: 4", "over: 1h\n    measure: timeTo", "the bound has no unit")]
    [InlineData("above: 1", "over: 1h\n    measure: predict", "a prediction needs to know how far")]
    [InlineData("above: 1", "over: 1h", "only the newest value is compared")]
    [InlineData("above: 1", "measure: max", "needs a window")]
    [InlineData("above: 1", "over: 1h\n    measure: max\n    step: 1s", "4 to 500 samples")]
    [InlineData("above: 1", "source: prometeus", "Did you mean 'prometheus'?")]
    public void Load_WrongUnitsAndWindows_AreNamed(string bound, string further, string expected)
    {
        var yaml = Sound.Replace("    atLeast: 95%", $"    {bound}\n    {further}", StringComparison.Ordinal);
        string.Join('\n', Facts.ProblemsOf(yaml)).ShouldContain(expected);
    }

    [Theory]
    [InlineData("sum(rate(x[5m])", "'(' at character 4 is never closed")]
    [InlineData("sum(x]", "closes the '(' of character 4")]
    [InlineData("x{a=\"b}", "the string that begins at character 5 is never closed")]
    [InlineData("label_replace(x, \"a\", \"{{label.a}}\", \"b\", \"c\")", "no label matcher")]
    [InlineData("x{a=`{{label.a}}`}", "back-quotes")]
    [InlineData("x{a=\"{{target.pods}}\"}", "only fits =~")]
    [InlineData("x{a=\"{{env.PATH}}\"}", "is no placeholder")]
    [InlineData("x{a=\"{{target.uid}}\"}", "the target has no 'uid'")]
    public void Load_QueriesThatCannotBeSafe_AreRefused(string query, string expected)
    {
        var yaml = Sound.Replace("max(pool_active{namespace=\"{{target.namespace}}\"}) / max(pool_max)", query.Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal);
        string.Join('\n', Facts.ProblemsOf(yaml)).ShouldContain(expected);
    }

    [Fact]
    public void Load_Circles_AreNamedWithTheirWay()
    {
        var yaml = string.Join("\n---\n",
            Sound.Replace("name: pool", "name: one", StringComparison.Ordinal) + "\nnext: two\n",
            Sound.Replace("name: pool", "name: two", StringComparison.Ordinal) + "\nnext: three\n",
            Sound.Replace("name: pool", "name: three", StringComparison.Ordinal) + "\nnext: one\ninclude: [three, four]\n");
        var shown = string.Join('\n', Facts.ProblemsOf(yaml));
        shown.ShouldContain("one -> two -> three -> one");
        shown.ShouldContain("three -> three");
        shown.ShouldContain("there is no playbook 'four'");
    }

    [Fact]
    public void Load_TheSameNameTwice_IsAProblemNamingTheOther()
    {
        string.Join('\n', Facts.ProblemsOf(Sound + "\n---\n" + Sound)).ShouldContain("already the name of the playbook at test.yaml:1");
    }

    [Fact]
    public void Load_AConfiguredPlaybookOfAShippedName_ReplacesIt()
    {
        var shipped = new PlaybookFile("shipped:pool", Sound) { Shipped = true };
        var own = new PlaybookFile("own.yaml", Sound.Replace("version: 1.0.0", "version: 2.0.0", StringComparison.Ordinal));
        var playbooks = PlaybookLoader.LoadOrThrow([shipped, own], new PlaybookLoadOptions { Actions = TestActions.All });
        playbooks.All.ShouldHaveSingleItem().Version.ShouldBe("2.0.0");
    }

    [Fact]
    public void Load_NextContinuesTheCourse_AndIncludeAddsConditionsAndVariables()
    {
        var yaml = string.Join("\n---\n",
            """
            name: base
            version: 1.0.0
            description: Shared.
            fragment: true
            variables: { full: 90% }
            conditions:
              - label: severity
                exists: true
            """,
            Sound.Replace("95%", "${full}", StringComparison.Ordinal) + "\ninclude: [base]\nnext: later\n",
            Sound.Replace("name: pool", "name: later", StringComparison.Ordinal).Replace("restart-workload", "scale-up", StringComparison.Ordinal));
        Facts.Load(yaml).Find("pool")!.ActionNames.ShouldBe(["restart-workload", "scale-up"]);
        Facts.Load(yaml).Find("base").ShouldBeNull();
    }

    [Fact]
    public void Load_AVariableThatNobodyHas_IsAProblemOfTheConfiguration()
    {
        var (_, problems) = PlaybookLoader.Load([new PlaybookFile("x", Sound + "\nvariables: { poolMax: x }\n")], new PlaybookLoadOptions { Actions = TestActions.All, Variables = new Dictionary<string, string> { ["poolmx"] = "y" } });
        problems.ShouldHaveSingleItem().ToString().ShouldContain("Did you mean 'poolMax'?");
    }

    [Fact]
    public void Load_AnAliasBomb_IsRefusedWithoutBeingWrittenOut()
    {
        var levels = string.Concat(Enumerable.Range(1, 9).Select(level => $"l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 9))}]\n"));
        var problems = Facts.ProblemsOf("l0: &l0 [x, x, x, x, x, x, x, x, x]\n" + levels);
        problems.ShouldContain(problem => problem.Text.Contains("aliases written out"));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Load_DeepNesting_IsRefused(char bracket)
    {
        Facts.ProblemsOf("name: " + new string(bracket, 20_000)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Load_AHugeFile_IsRefused() => Facts.ProblemsOf("# " + new string('x', 300_000)).ShouldHaveSingleItem().Text.ShouldContain("300002 characters");

    [Fact]
    public void Load_AnyBytes_NeverThrowsAndNamesALine()
    {
        var pieces = Gen.OneOf("name", ": ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a", "\"", "'", "|", ">", "!!int ", "%", "@", "`", "\t", "x", "---", "...", "<<", "?", ",", "#", "{{label.x}}", "${y}", "metric", "conditions", "actions", "95%", "\0", "\u2028", "\ud800", "\\");
        pieces.Array[0, 60].Select(string.Concat).Sample(
            yaml => Facts.ProblemsOf(yaml).All(problem => problem.Line >= 1 && problem.Column >= 1 && problem.Text.Length > 0), iter: 3_000);
    }

    [Fact]
    public void Load_ASoundPlaybookWithAnyCharacterReplaced_NeverThrows()
    {
        Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.OneOf("", ":", "\n", "{", "}", "[", "]", "'", "\"", "*", "&", "-", " ", "%", "~", "é")).Sample(
            edit =>
            {
                var yaml = Sound.Remove(edit.Item1, 1).Insert(edit.Item1, edit.Item2);
                return Facts.ProblemsOf(yaml).All(problem => problem.Line is >= 1 and <= 20);
            },
            iter: 2_000);
    }
}
