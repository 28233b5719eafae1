namespace Prunella.EndToEnd;

/// <summary>Tests that measure time run one after another, once those that run side by side have ended.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class MeasuredAlone
{
    internal const string Name = "measured alone";
}
