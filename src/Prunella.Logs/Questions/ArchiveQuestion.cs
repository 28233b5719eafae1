using Prunella.Logs.Archive;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>Answers questions from archives: blocks that cannot fit are not read, columns that are not asked for not decoded.</summary>
public static class ArchiveQuestion
{
    /// <summary>Takes an archive's lines into a tally.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="tally">The question's tally.</param>
    /// <param name="parser">Takes lines apart where blocks keep them as text.</param>
    /// <exception cref="InvalidDataException">A block that had to be read is damaged.</exception>
    public static void Add(ArchiveReader archive, QuestionTally tally, LogParser parser)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(tally);
        ArgumentNullException.ThrowIfNull(parser);
        foreach (var block in archive.Blocks) Add(archive, block, tally, parser);
    }

    internal static void Add(ArchiveReader archive, ArchiveBlock block, QuestionTally tally, LogParser parser)
    {
        if (!MayHold(block.Meta, tally)) tally.Skip(block.Meta.Lines, block.Meta.LastTicks);
        else if (block.Meta.IsPlain) AddText(block, BlockText.Plain(block.Meta, archive.ReadData(block), archive.Frames), tally, parser);
        else new BlockQuestion(new BlockData(block.Meta, block.MetaBytes, archive.ReadData(block), archive.Frames), block.FirstLine, tally, parser).Add();
    }

    private static bool MayHold(BlockMeta meta, QuestionTally tally)
    {
        var question = tally.Question;
        if (question.Since is not null && meta.LastTicks < tally.SinceTicks) return false;
        if (question.Until is { } until && meta.FirstTicks >= until.UtcTicks) return false;
        if (meta.IsIndexed && !meta.IsPlain && !meta.Templates.Any(template => tally.IsWanted(template.Text))) return false;
        if (question.LevelMin > Severity.None && !meta.Levels.Skip((int)question.LevelMin).Any(lines => lines > 0)) return false;
        return question.Services.Count == 0 || !meta.IsIndexed || meta.Services.Any(service => tally.Matcher.FitsService(FieldValue.Bytes(service.Name)));
    }

    private static void AddText(ArchiveBlock block, byte[] text, QuestionTally tally, LogParser parser)
    {
        foreach (var learning in (bool[])[true, false])
        {
            using var reader = new LineReader(new MemoryStream(text));
            for (var number = block.FirstLine + 1; reader.TryRead(out var line); number++)
            {
                if (learning) parser.Learn(line);
                else tally.Add(parser.Parse(line), number);
            }
        }
    }
}
