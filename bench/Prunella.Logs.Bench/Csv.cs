using System.Text;

namespace Prunella.Logs.Bench;

/// <summary>Reads one column of a CSV file with quoted fields.</summary>
internal static class Csv
{
    internal static List<string> Read(string path, string column)
    {
        var values = new List<string>();
        var text = File.ReadAllText(path);
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var at = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = false;
                }
                else
                {
                    field.Append(c);
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                row.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (c == '\n')
                {
                    if (at < 0)
                    {
                        at = row.IndexOf(column);
                    }
                    else if (row.Count > at)
                    {
                        values.Add(row[at]);
                    }

                    row.Clear();
                }
            }
            else
            {
                field.Append(c);
            }
        }

        if (row.Count == at && at > 0)
        {
            values.Add(field.ToString());
        }

        return values;
    }
}
