using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class ArchiveQuestionTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 5, 8, 0, 0, TimeSpan.Zero);
    private readonly string path = Path.Combine(Path.GetTempPath(), $"question-{Guid.NewGuid():N}.parc");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData("")]
    [InlineData("level>=error")]
    [InlineData("level<=info | count by level")]
    [InlineData("service=checkout,auth | count by service")]
    [InlineData("\"timed out\"|\"refused\"")]
    [InlineData("\"TIMED OUT\"")]
    [InlineData("\"db\"")]
    [InlineData("\"fail\" | count by host")]
    [InlineData("-\"order\" | last top 7")]
    [InlineData("\"17\"")]
    [InlineData("\"after 2\"")]
    [InlineData("\"user=an\"")]
    [InlineData("\"seen while\" -\"ana\"")]
    [InlineData("status>=500 | count by status")]
    [InlineData("status>=500 status<504 | count")]
    [InlineData("duration>2s")]
    [InlineData("duration<=95ms")]
    [InlineData("size>=1KiB | count by user")]
    [InlineData("tries=3 | first top 4")]
    [InlineData("since=2026-03-05T08:20:00Z until=2026-03-05T08:40:00Z")]
    [InlineData("level>=warning since=2026-03-05T08:30:00Z | count by user compare")]
    [InlineData("since=2026-03-05T08:30:00Z | over 1m")]
    [InlineData("host=node-1")]
    [InlineData("level>=error host=node-0,NODE-2 | count by host")]
    [InlineData("\"unicorn\"")]
    public void Archive_AnswersAsItsLinesDo(string written)
    {
        var lines = Lines(6_000);
        var question = QuestionText.Parse(written);
        var plain = Lined(question, lines);
        var archived = Archived(question, lines);

        archived.Total.ShouldBe(plain.Total);
        archived.TotalBefore.ShouldBe(plain.TotalBefore);
        archived.LinesRead.ShouldBe(plain.LinesRead);
        archived.Groups.ShouldBe(plain.Groups);
        archived.Course.ShouldBe(plain.Course);
        archived.Lines.ShouldBe(plain.Lines);
        if (written != "\"unicorn\"") plain.Total.ShouldBeInRange(1, 6_000);
    }

    [Fact]
    public void Archive_KeepsLinesAsText_AnswersToo()
    {
        var random = new Random(5);
        var lines = Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, 30).Select(_ => (char)random.Next(33, 126))) + " timeout").ToList();
        var question = QuestionText.Parse("\"timeout\" | last top 3");

        var answer = Archived(question, lines);

        answer.Total.ShouldBe(400);
        answer.Lines.Select(line => line.Text).ShouldBe(lines[^3..]);
    }

    [Fact]
    public void Archive_DamagedInTheMiddle_SaysSoInsteadOfAnsweringInPart()
    {
        var question = QuestionText.Parse("status>=500 | count by status");
        Archived(question, Lines(6_000));
        long damage;
        using (var reader = ArchiveReader.Open(path))
        {
            reader.Blocks.Count.ShouldBeGreaterThan(3);
            var place = reader.Blocks[2].Place;
            damage = place.End - place.DataBytes / 2;
        }
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.Position = damage;
            var was = file.ReadByte();
            file.Position = damage;
            file.WriteByte((byte)(was ^ 0xFF));
        }
        using var damaged = ArchiveReader.Open(path);
        var tally = new QuestionTally(question, Start.AddHours(2));
        Should.Throw<InvalidDataException>(() => ArchiveQuestion.Add(damaged, tally, new LogParser()));
    }

    // Words that lie in literals, in values and across both, in every case; lines without a time among those with one.
    private static List<string> Lines(int count)
    {
        var random = new Random(11);
        string[] users = ["ana", "ben", "Fail", "db", "TIMED OUT"];
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var time = Start.AddMilliseconds(number * 700).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var user = users[random.Next(users.Length)];
            return random.Next(8) switch
            {
                0 => $"{time} INFO checkout: order {random.Next(40)} placed in {random.Next(60, 130)}ms user={user} status=200",
                1 => $"{time} ERROR checkout: query timed out after {random.Next(1, 5)}.{random.Next(10)} s user={user} status={500 + random.Next(4)}",
                2 => $"{time} WARN auth: Login failed for user={user} from 10.0.0.{random.Next(4)} tries={random.Next(5)}",
                3 => $"{time} ERROR gateway: connection Refused by host=node-{random.Next(3)}",
                4 => $"{time} INFO store: wrote {random.Next(3000)} bytes for user={user}",
                5 => $"{time} INFO gateway: \"GET /{user} HTTP/1.1\" {(random.Next(3) == 0 ? 503 : 200)} {random.Next(900)}",
                6 => $"    seen while {user} was away",
                _ => $"{time} DEBUG store: kept {Guid.NewGuid().ToString()[..8]} of {user}",
            };
        })];
    }

    private static QuestionAnswer Lined(LogQuestion question, List<string> lines)
    {
        var parser = new LogParser();
        foreach (var line in lines) parser.Learn(Encoding.UTF8.GetBytes(line));
        var tally = new QuestionTally(question, Start.AddHours(2));
        for (var number = 0; number < lines.Count; number++) tally.Add(parser.Parse(Encoding.UTF8.GetBytes(lines[number])), number + 1);
        return tally.Answer();
    }

    private QuestionAnswer Archived(LogQuestion question, List<string> lines)
    {
        using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { BlockBytes = 1 << 17, Year = 2026 }))
            foreach (var line in lines) writer.Write(Encoding.UTF8.GetBytes(line + "\n"));
        var parser = new LogParser();
        foreach (var line in lines) parser.Learn(Encoding.UTF8.GetBytes(line));
        using var reader = ArchiveReader.Open(path);
        var tally = new QuestionTally(question, Start.AddHours(2));
        ArchiveQuestion.Add(reader, tally, parser);
        return tally.Answer();
    }
}
