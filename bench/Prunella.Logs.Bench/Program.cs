using Prunella.Logs.Bench;

return args switch
{
    ["accuracy", var data, .. var rest] => AccuracyBench.Run(data, rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Prunella.Logs.Bench accuracy DATA_DIR [SET…]   accuracy on labelled sets");
    return 2;
}
