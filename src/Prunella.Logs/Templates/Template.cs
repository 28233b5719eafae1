namespace Prunella.Logs.Templates;

/// <summary>A message form in the normal form of published ground truths: constant words, and &lt;*&gt; for what varies.</summary>
public sealed class Template
{
    internal static readonly Template None = new(default, "", 0);

    internal Template(TemplateId id, string text, ulong layout)
    {
        Id = id;
        Text = text;
        Layout = layout;
    }

    /// <summary>Hash of the text and of the layout's form.</summary>
    public TemplateId Id { get; }

    /// <summary>Constant words and &lt;*&gt;.</summary>
    public string Text { get; }

    /// <summary>Hash of the header columns that its lines have.</summary>
    public ulong Layout { get; }

    /// <summary>Lines seen.</summary>
    public long Lines { get; private set; }

    /// <summary>Ticks of the earliest line that had a time; 0 when none had.</summary>
    public long FirstTicks { get; private set; }

    /// <summary>Ticks of the latest line that had a time; 0 when none had.</summary>
    public long LastTicks { get; private set; }

    /// <summary>The message of one line of this form, as bytes.</summary>
    public ReadOnlyMemory<byte> Example { get; private set; }

    /// <summary>True once a refinement put other templates in this one's place.</summary>
    internal bool IsRetired { get; set; }

    internal Classification.TemplateState? State { get; set; }

    internal void Reset()
    {
        Lines = FirstTicks = LastTicks = 0;
        Example = default;
    }

    internal void Add(Skeleton skeleton)
    {
        Lines += skeleton.Lines;
        if (skeleton.FirstTicks != 0)
        {
            FirstTicks = FirstTicks == 0 ? skeleton.FirstTicks : Math.Min(FirstTicks, skeleton.FirstTicks);
            LastTicks = Math.Max(LastTicks, skeleton.LastTicks);
        }

        if (Example.IsEmpty)
        {
            Example = skeleton.Message;
        }
    }
}
