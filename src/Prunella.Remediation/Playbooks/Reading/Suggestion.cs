namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>"Did you mean 'x'?" when a known name is near; otherwise the list of known names.</summary>
    internal static string For(string written, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        var best = names.Select(name => (Name: name, Distance: Distance(written, name))).OrderBy(pair => pair.Distance).FirstOrDefault();
        if (best.Name is not null && best.Distance <= Math.Max(written.Length >= 4 ? 2 : 1, Math.Min(written.Length, best.Name.Length) / 3)) return $"Did you mean '{best.Name}'?";
        return names.Count switch
        {
            0 => "Nothing is known here",
            <= 24 => $"Known: {string.Join(", ", names)}",
            _ => $"Known: {string.Join(", ", names.Take(24))} and {names.Count - 24} more",
        };
    }

    /// <summary>Edits between two texts, without regard to case, hyphens and underscores; texts are cut at 64 characters.</summary>
    internal static int Distance(string left, string right)
    {
        left = Plain(left);
        right = Plain(right);
        Span<int> row = stackalloc int[65];
        for (var column = 0; column <= right.Length; column++) row[column] = column;
        for (var index = 1; index <= left.Length; index++)
        {
            var diagonal = row[0];
            row[0] = index;
            for (var column = 1; column <= right.Length; column++)
            {
                var above = row[column];
                row[column] = Math.Min(Math.Min(above, row[column - 1]) + 1, diagonal + (left[index - 1] == right[column - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[right.Length];
    }

    private static string Plain(string text)
    {
        var plain = string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return plain.Length > 64 ? plain[..64] : plain;
    }
}
