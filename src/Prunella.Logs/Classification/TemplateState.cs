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

    /// <summary>True while the template spikes or its numbers are away from the usual: its lines are interesting.</summary>
    internal bool Raised { get; set; }

    internal bool Spiking { get; set; }

    internal bool Shifted { get; set; }

    internal bool Vanished { get; set; }

    /// <summary>Lines that the watcher saw, and the minute of the latest.</summary>
    internal long Seen { get; set; }

    internal long SeenMinute { get; set; }

    /// <summary>Where the latest line came from.</summary>
    internal string Source { get; set; } = "";

    /// <summary>The template's text without sensitive values; null until it is asked for.</summary>
    internal string? SafeText { get; set; }

    /// <summary>The gravest class of its lines so far, by words and levels.</summary>
    internal LineClass Worst { get; private set; }

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
        Worst = lineClass > Worst ? lineClass : Worst;
    }
}
