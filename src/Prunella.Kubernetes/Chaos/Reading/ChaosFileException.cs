namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>A file of experiments has faults; each names file, document and field.</summary>
/// <param name="problems">Every fault, in the order of the file.</param>
public sealed class ChaosFileException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>Every fault, in the order of the file.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
