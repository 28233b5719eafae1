using Prunella.Traces.Bench;

return args switch
{
    ["generate", var path, var spans, var perTrace] => Generate.Run(path, int.Parse(spans, null), int.Parse(perTrace, null)),
    ["samples", var folder] => Generate.Samples(folder),
    ["speed", var path, .. var threads] => Speed.Run(path, threads.Length == 0 ? 1 : int.Parse(threads[0], null)),
    ["detect", .. var count] => Detect.Run(count.Length == 0 ? 200 : int.Parse(count[0], null)),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine("""
        generate FILE SPANS SPANS-A-TRACE   write traffic of a made-up shop; .pb for OTLP protobuf, else Jaeger JSON
        speed FILE [THREADS]                read and analyse it with every detector, print spans/s, CPU and memory
        samples FOLDER                      write the sample traces of samples/traces again
        detect [COUNT]                      precision, recall and accuracy of gains on generated traces, COUNT of each (200)
        """);
    return 2;
}
