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
    public long Lines { get; internal set; }
}
