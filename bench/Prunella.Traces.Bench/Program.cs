using Prunella.Traces.Bench;

return args switch
{
    ["generate", var path, var spans, var perTrace] => Generate.Run(path, int.Parse(spans, null), int.Parse(perTrace, null)),
    ["samples", var folder] => Generate.Samples(folder),
    ["speed", var path, .. var rest] => Speed.Run(path, Number(rest, 0, 1), Number(rest, 1, 5)),
    ["pair", var path, .. var rest] => Table.Pair(path, Number(rest, 0, 3)),
    ["read", var path] => Speed.Read(path),
    ["rival", var path, .. var rest] => Speed.Rival(path, Number(rest, 0, 5)),
    ["map", var path, .. var rest] => Speed.Map(path, Number(rest, 0, 5)),
    ["table", var folder, .. var rest] => Table.Run(folder, rest.Length == 0 ? "" : rest[0]),
    ["detect", .. var rest] => Detect.Run(Number(rest, 0, 200)),
    _ => Help(),
};

static int Number(string[] words, int index, int otherwise) => words.Length > index ? int.Parse(words[index], null) : otherwise;

static int Help()
{
    Console.Error.WriteLine("""
        table FOLDER [WORDS]                generate what is missing in FOLDER (4 GB) and measure every goal, or those with WORDS
        generate FILE SPANS SPANS-A-TRACE   write traffic of a made-up shop; .pb for OTLP protobuf, else Jaeger JSON
        speed FILE [THREADS [RUNS]]         read and analyse it with every detector
        pair FILE [RUNS]                    the same by two processes at once, of one thread each: what two processors give here
        read FILE                           only read it
        rival FILE [RUNS]                   System.Text.Json into classes and the critical path alone
        map FILE [RUNS]                     the dependency map with its issues and forms
        samples FOLDER                      write the sample traces of samples/traces again
        detect [COUNT]                      precision, recall and accuracy of gains on generated traces, COUNT of each (200)
        """);
    return 2;
}
