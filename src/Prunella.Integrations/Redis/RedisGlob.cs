namespace Prunella.Integrations.Redis;

/// <summary>
/// Redis's own patterns on the bytes of a key: <c>*</c>, <c>?</c>, <c>[a-c]</c>, <c>[^a]</c>, <c>\</c> before a character that
/// stands for itself. Time is at most pattern times key: a star is never tried again below another.
/// </summary>
internal static class RedisGlob
{
    internal static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> key)
    {
        int at = 0, next = 0, star = -1, mark = 0;
        while (next < key.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                mark = next;
                continue;
            }
            if (at < pattern.Length && One(pattern, at, key[next], out var after))
            {
                at = after;
                next++;
                continue;
            }
            if (star < 0) return false;
            at = star + 1;
            next = ++mark;
        }
        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }

    private static bool One(ReadOnlySpan<byte> pattern, int at, byte value, out int after)
    {
        after = at + 1;
        switch (pattern[at])
        {
            case (byte)'?':
                return true;
            case (byte)'\\' when at + 1 < pattern.Length:
                after = at + 2;
                return pattern[at + 1] == value;
            case (byte)'[':
                return Class(pattern, at + 1, value, out after);
            default:
                return pattern[at] == value;
        }
    }

    private static bool Class(ReadOnlySpan<byte> pattern, int at, byte value, out int after)
    {
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var found = false;
        for (; at < pattern.Length && pattern[at] != ']'; at++)
        {
            if (pattern[at] == '\\' && at + 1 < pattern.Length)
            {
                found |= pattern[++at] == value;
            }
            else if (at + 2 < pattern.Length && pattern[at + 1] == '-')
            {
                var (low, high) = pattern[at] <= pattern[at + 2] ? (pattern[at], pattern[at + 2]) : (pattern[at + 2], pattern[at]);
                found |= value >= low && value <= high;
                at += 2;
            }
            else found |= pattern[at] == value;
        }
        after = Math.Min(at + 1, pattern.Length);
        return found != negated;
    }
}
