using System.Globalization;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

/// <summary>
/// Classes that people gave to templates. A file of lines <c>id class</c>, ids in hexadecimal; # starts a comment. What is here wins
/// over everything the classifier works out.
/// </summary>
public sealed class ClassOverrides
{
    private readonly Dictionary<TemplateId, LineClass> classes = [];

    /// <summary>Number of overrides.</summary>
    public int Count => classes.Count;

    /// <summary>Gives a template a class.</summary>
    public void Set(TemplateId id, LineClass lineClass) => classes[id] = lineClass;

    /// <summary>The class given to a template, if one was.</summary>
    public bool TryGet(TemplateId id, out LineClass lineClass) => classes.TryGetValue(id, out lineClass);

    /// <summary>Reads a file; one that does not exist is empty.</summary>
    /// <exception cref="FormatException">A line is not an id and a class; the message names file and line.</exception>
    public static ClassOverrides Load(string path)
    {
        var overrides = new ClassOverrides();
        if (!File.Exists(path))
        {
            return overrides;
        }

        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty || text[0] == '#')
            {
                continue;
            }

            var space = text.IndexOf(' ');
            if (space < 0 || !TemplateId.TryParse(text[..space], out var id) || !Enum.TryParse<LineClass>(text[space..].Trim(), ignoreCase: true, out var lineClass))
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: expected a template id of 16 hexadecimal digits and Critical, Interesting or Routine."));
            }

            overrides.classes[id] = lineClass;
        }

        return overrides;
    }

    /// <summary>Writes the file anew; readers see the old one or the new one.</summary>
    public void Save(string path)
    {
        var lines = classes.OrderBy(static c => c.Key.Value).Select(static c => $"{c.Key} {c.Value}");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var next = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllLines(next, ["# Classes given to log templates: id class", .. lines]);
        File.Move(next, path, overwrite: true);
    }
}
