using Prunella.Logs.Archive;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>Answers questions from archives: blocks that cannot fit are not read, columns that are not asked for not decoded.</summary>
public static class ArchiveQuestion
{
    /// <summary>Takes an archive's lines into a tally. Several processors look at several blocks; the answer is the same with one.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="tally">The question's tally.</param>
    /// <param name="parser">Takes lines apart where blocks keep them as text.</param>
    /// <exception cref="InvalidDataException">A block that had to be read is damaged.</exception>
    public static void Add(ArchiveReader archive, QuestionTally tally, LogParser parser)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(tally);
        ArgumentNullException.ThrowIfNull(parser);
        var ahead = new Queue<Looking>();
        var free = new Stack<ZstdFrames>();
        try
        {
            foreach (var block in archive.Blocks)
            {
                var frames = free.Count > 0 ? free.Pop() : new ZstdFrames();
                ahead.Enqueue(new Looking(block, frames, Task.Run(() => Look(archive, block, tally, frames))));
                if (ahead.Count > Environment.ProcessorCount) Take(ahead.Dequeue());
            }
            while (ahead.Count > 0) Take(ahead.Dequeue());
        }
        finally
        {
            // After a damaged block others may still be looked at.
            foreach (var left in ahead) ((IAsyncResult)left.Work).AsyncWaitHandle.WaitOne();
            foreach (var frames in ahead.Select(static left => left.Frames).Concat(free)) frames.Dispose();
        }

        void Take(Looking looking)
        {
            Add(archive, looking.Block, looking.Work.GetAwaiter().GetResult(), tally, parser);
            free.Push(looking.Frames);
        }
    }

    /// <summary>Takes one block's lines into a tally.</summary>
    internal static void Add(ArchiveReader archive, ArchiveBlock block, QuestionTally tally, LogParser parser) =>
        Add(archive, block, Look(archive, block, tally, archive.Frames), tally, parser);

    private static void Add(ArchiveReader archive, ArchiveBlock block, BlockQuestion? looked, QuestionTally tally, LogParser parser)
    {
        if (looked is not null) looked.Count();
        else if (block.Meta.IsPlain && MayHold(block.Meta, tally)) AddText(block, BlockText.Plain(block.Meta, archive.ReadData(block), archive.Frames), tally, parser);
        else tally.Skip(block.Meta.Lines, block.Meta.LastTicks);
    }

    // Blocks of plain text teach the parser as they come, so they wait for their turn.
    private static BlockQuestion? Look(ArchiveReader archive, ArchiveBlock block, QuestionTally tally, ZstdFrames frames)
    {
        if (block.Meta.IsPlain || !MayHold(block.Meta, tally)) return null;
        var question = new BlockQuestion(new BlockData(block.Meta, block.MetaBytes, archive.ReadData(block), frames), block.FirstLine, tally);
        question.Look();
        return question;
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

    private readonly record struct Looking(ArchiveBlock Block, ZstdFrames Frames, Task<BlockQuestion?> Work);
}
