using Prunella.Logs.Parsing;

namespace Prunella.Logs.Classification;

/// <summary>What the classifier and the watcher know of one template; hangs on it, so that a line finds it without a look-up.</summary>
internal sealed class TemplateState
{
    private int known;
    private ulong classes;

    internal long Lines { get; set; }

    internal long Kept { get; set; }

    /// <summary>True when a person gave the class: nothing raises it.</summary>
    internal bool Overridden { get; private set; }

    /// <summary>True while the template spikes: its lines are interesting.</summary>
    internal bool Raised { get; set; }

    internal TemplateRate? Rate { get; set; }

    internal LineClass ClassOf(Severity level, out bool isKnown)
    {
        isKnown = (known & (1 << (int)level)) != 0;
        return (LineClass)((classes >> ((int)level * 2)) & 3);
    }

    internal void SetClass(Severity level, LineClass lineClass, bool overridden)
    {
        known |= 1 << (int)level;
        classes = (classes & ~(3UL << ((int)level * 2))) | ((ulong)lineClass << ((int)level * 2));
        Overridden = overridden;
    }
}
