using System.Text.RegularExpressions;
using CsCheck;
using Prunella.Remediation.Playbooks;

namespace Prunella.Remediation.Tests.Playbooks;

public sealed class LinearPatternTests
{
    private static readonly Gen<string> Pattern = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Gen.OneOf("a", "b", ".")
        : Gen.OneOf(
            Gen.OneOf("a", "b", "ab", ".", "a-b", "()"),
            inner.Array[0, 3].Select(parts => $"({string.Join('|', parts)})"),
            inner.Array[1, 3].Select(string.Concat),
            Gen.Select(inner, Gen.OneOf("*", "+", "?", "*?", "+?", "??")).Select((part, times) => $"({part}){times}")));

    [Fact]
    public void IsMatch_AnyPlainPatternAndText_IsWhatTheRuntimeSays() =>
        Gen.Select(Pattern, Gen.Char["ab-\n"].Array[0, 8].Select(letters => new string(letters))).Sample((pattern, text) =>
            new LinearPattern(pattern).IsMatch(text) == Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking), iter: 500);

    [Theory]
    [InlineData(@"Kube\.Pod[A-Z]+", "Kube.PodX", true)]
    [InlineData(@"Kube\.Pod[A-Z]+", "KubePodX", false)]
    [InlineData("a{2}", "aa", true)]
    public void IsMatch_PatternThatIsNotPlain_IsTheRuntimes(string pattern, string text, bool matches) => new LinearPattern(pattern).IsMatch(text).ShouldBe(matches);

    [Theory]
    [InlineData("PodX", true)]
    [InlineData("NodeY", true)]
    [InlineData("PodXNodeY", false)]
    public void AnyOf_PlainAndOther_MatchesWholly(string text, bool matches)
    {
        LinearPattern.AnyOf(["PodX", "NodeY"]).IsMatch(text).ShouldBe(matches);
        LinearPattern.AnyOf(["PodX", @"Node\w"]).IsMatch(text).ShouldBe(matches);
    }

    [Fact]
    public void IsMatch_NestedRepetitionsAndALongText_EndsInLinearTime() => new LinearPattern("((a*)*)*b").IsMatch(new string('a', 20_000)).ShouldBeFalse();

    [Theory]
    [InlineData("a)|(b")]
    [InlineData("*a")]
    [InlineData("a**")]
    public void New_WhatIsNoExpression_IsRefused(string pattern) => Should.Throw<RegexParseException>(() => new LinearPattern(pattern));

    [Fact]
    public void IsMatch_MoreTextsThanAreRemembered_IsRightForEachAndAgain()
    {
        var pattern = new LinearPattern("Pod[0-9]+7|(High|Low)Memory.*");
        for (var round = 0; round < 2; round++)
        {
            for (var index = 0; index < 1_000; index++) pattern.IsMatch($"Pod{index}").ShouldBe(index > 9 && index % 10 == 7, $"Pod{index}");
            pattern.IsMatch("HighMemory" + new string('x', 500)).ShouldBeTrue();
            pattern.IsMatch("Memory" + new string('x', 500)).ShouldBeFalse();
        }
    }
}
