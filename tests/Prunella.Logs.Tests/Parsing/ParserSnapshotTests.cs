using System.Text;
using CsCheck;
using Prunella.Logs.Parsing;
using Prunella.Logs.Tests.Templates;

namespace Prunella.Logs.Tests.Parsing;

public sealed class ParserSnapshotTests
{
    [Fact]
    public void SaveThenLoad_ChangesNoIdAndNoCount()
    {
        foreach (var log in SyntheticLogs.All)
        {
            var (lines, _) = log.Generate(1500, 9);
            var before = new LogParser(new LogParserOptions { Year = 2026 });
            foreach (var line in lines)
            {
                before.Parse(line);
            }

            before.Refine();
            var stream = new MemoryStream();
            before.Save(stream);
            stream.Position = 0;
            var after = new LogParser(new LogParserOptions { Year = 2026 });
            after.Load(stream);
            after.Lines.ShouldBe(before.Lines);
            after.Templates.Select(static t => (t.Id.Value, t.Lines)).Order().ShouldBe(before.Templates.Where(static t => t.Lines > 0).Select(static t => (t.Id.Value, t.Lines)).Order());
            foreach (var line in lines)
            {
                after.Parse(line).Template.Id.ShouldBe(before.Parse(line).Template.Id);
            }
        }
    }

    [Fact]
    public void Load_DamagedBytes_IsRefused_NeverAnythingElse()
    {
        var parser = new LogParser();
        parser.Parse("2026-03-17 08:00:01 INFO app: order 5 late"u8);
        var stream = new MemoryStream();
        parser.Save(stream);
        var good = stream.ToArray();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[1, 255]).Sample(change =>
        {
            var bad = (byte[])good.Clone();
            bad[change.Item1] ^= (byte)change.Item2;
            Should.Throw<InvalidDataException>(() => new LogParser().Load(new MemoryStream(bad)));
        });
        Gen.Int[0, good.Length - 1].Sample(length => Should.Throw<InvalidDataException>(() => new LogParser().Load(new MemoryStream(good[..length]))));
        Should.Throw<InvalidDataException>(() => new LogParser().Load(new MemoryStream(Encoding.ASCII.GetBytes("PRUNLOG1nonsense"))));
    }
}
