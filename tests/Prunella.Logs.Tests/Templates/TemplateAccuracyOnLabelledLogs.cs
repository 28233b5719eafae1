using Prunella.Logs.Bench;

namespace Prunella.Logs.Tests.Templates;

/// <summary>Accuracy on the labelled public sets, where they are on disk: raw lines, nothing configured.</summary>
public sealed class TemplateAccuracyOnLabelledLogs
{
    [Fact]
    public void Mine_RawLines_MeetsTheFigures()
    {
        var data = Find() ?? "";
        if (data.Length == 0)
        {
            Assert.Skip("The labelled logs are not beside the repository (../shared/data/loghub).");
        }

        var all = new List<TemplateAccuracy>();
        foreach (var folder in Directory.GetDirectories(data))
        {
            var file = Path.Combine(folder, Path.GetFileName(folder) + "_2k.log");
            var truth = Csv.Read(file + "_structured_corrected.csv", "EventTemplate").ConvertAll(static t => (Group: t, Text: t));
            var lines = File.ReadAllBytes(file).AsSpan();
            var split = new List<byte[]>();
            foreach (var range in lines.Split((byte)'\n'))
            {
                split.Add(lines[range].TrimEnd((byte)'\r').ToArray());
            }

            var accuracy = TemplateAccuracy.Of(truth, TemplateAccuracyOnSyntheticLogs.Mine(split.GetRange(0, truth.Count)));
            accuracy.Ga.ShouldBeGreaterThanOrEqualTo(0.70, folder);
            all.Add(accuracy);
        }

        all.Average(static a => a.Ga).ShouldBeGreaterThanOrEqualTo(0.93);
        all.Average(static a => a.Fga).ShouldBeGreaterThanOrEqualTo(0.90);
        all.Average(static a => a.Pa).ShouldBeGreaterThanOrEqualTo(0.75);
        all.Average(static a => a.Fta).ShouldBeGreaterThanOrEqualTo(0.75);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data", "loghub");
            if (Directory.Exists(data))
            {
                return data;
            }
        }

        return null;
    }
}
