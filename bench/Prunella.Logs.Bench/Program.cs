using Prunella.Logs.Bench;

return args switch
{
    ["accuracy", var data, .. var rest] => AccuracyBench.Run(data, rest),
    ["speed", var file, .. var rest] => SpeedBench.Run(file, rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 3),
    ["archive", var tier, .. var files] => ArchiveBench.Run(files, Enum.Parse<Prunella.Logs.Archive.ArchiveTier>(tier, ignoreCase: true)),
    ["archive-stages", var file, .. var rest] => ArchiveStages.Run(file, rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 5, rest.Length > 1 ? int.Parse(rest[1], System.Globalization.CultureInfo.InvariantCulture) : 16),
    ["archive-query", var file, .. var texts] => QueryBench.Run(file, texts),
    ["questions", var file, .. var texts] => QuestionBench.Run(file, texts),
    ["slices", var file, .. var rest] => SliceBench.Run(file, rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 20, rest.Length > 1 ? rest[1] : ""),
    ["stages", var file] => StageBench.Run(file),
    ["writer", var file] => ArchiveStages.RunWriter(file),
    ["parallel", var file] => ParallelBench.Run(file),
    ["parallel-worker", var file] => ParallelBench.Work(file),
    ["table", var corpus, var sets, .. var rest] => TableBench.Run(corpus, sets, rest.Length > 0 ? rest[0] : null),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Prunella.Logs.Bench accuracy DATA_DIR [SET…]   accuracy on labelled sets");
    Console.Error.WriteLine("Prunella.Logs.Bench speed FILE [ROUNDS]          lines a second");
    Console.Error.WriteLine("Prunella.Logs.Bench questions FILE [TEXT…]     milliseconds of English questions over an archive");
    Console.Error.WriteLine("Prunella.Logs.Bench slices FILE [ROUNDS]         nanoseconds a line, best of each short slice");
    Console.Error.WriteLine("Prunella.Logs.Bench writer FILE                  the whole of writing an archive, warm");
    Console.Error.WriteLine("Prunella.Logs.Bench parallel FILE                two threads against one, and two processes");
    Console.Error.WriteLine("Prunella.Logs.Bench table CORPUS SETS_DIR [PRUNELLA.DLL]   every figure of the goals, as a table");
    return 2;
}
