using System.Runtime.Versioning;

namespace Prunella.Ledger.Tests;

// File modes are those of Unix.
[UnsupportedOSPlatform("windows")]
public sealed class LedgerKeyRingTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-key-");

    private string KeyPath => Path.Combine(folder.FullName, "keys", "ledger.key");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void OpenFile_Missing_IsCreatedForTheOwnerOnlyAndStays()
    {
        var ring = LedgerKeyRing.OpenFile(KeyPath);

        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        LedgerKeyRing.OpenFile(KeyPath).SigningId.ShouldBe(ring.SigningId);
        Directory.GetFiles(Path.GetDirectoryName(KeyPath)!).Length.ShouldBe(1);
    }

    [Fact]
    public async Task OpenFile_ManyAtOnce_AgreeOnOneKey()
    {
        var rings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => LedgerKeyRing.OpenFile(KeyPath).SigningId)));
        rings.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void OpenFile_OpenToOthers_IsRefusedWithTheRemedy()
    {
        LedgerKeyRing.OpenFile(KeyPath);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Should.Throw<LedgerKeyException>(() => LedgerKeyRing.OpenFile(KeyPath)).Message.ShouldContain($"chmod 600 {KeyPath}");
    }

    [Fact]
    public void RotateFile_AddsAKeyThatSigns()
    {
        var before = LedgerKeyRing.OpenFile(KeyPath);
        var after = LedgerKeyRing.RotateFile(KeyPath);
        after.Ids.Count.ShouldBe(2);
        after.Ids[0].ShouldBe(before.SigningId);
        after.SigningId.ShouldBe(after.Ids[1]);
        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("", "at least one")]
    [InlineData("# only a comment", "at least one")]
    [InlineData("abcdef", "not 64 hex digits")]
    [InlineData("zz11111111111111111111111111111111111111111111111111111111111111", "not 64 hex digits")]
    public void Parse_Malformed_SaysSoWithoutTheKey(string text, string expected)
    {
        var exception = Should.Throw<LedgerKeyException>(() => LedgerKeyRing.Parse(text));
        exception.Message.ShouldContain(expected);
        if (text.Length > 2 && text[0] != '#') exception.Message.ShouldNotContain(text);
    }

    [Fact]
    public void Parse_TheSameKeyTwice_IsRefused() => Should.Throw<LedgerKeyException>(() => LedgerKeyRing.Parse($"{new string('1', 64)},{new string('1', 64)}"));
}
