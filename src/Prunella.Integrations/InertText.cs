namespace Prunella.Integrations;

/// <summary>Text from elsewhere as one bounded line: it can forge no other line, and no terminal obeys it.</summary>
internal static class InertText
{
    internal static string Line(string text, int charactersMax = 200)
    {
        var line = string.Concat(text.Take(charactersMax).Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return text.Length > charactersMax ? line + "…" : line;
    }

    internal static string Line(Exception failure) => Line(failure.Message).TrimEnd('.');
}
