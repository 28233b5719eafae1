using System.Globalization;

namespace Prunella.Traces.Sources;

/// <summary>A block of a store: its file and when it was begun.</summary>
internal readonly record struct TraceBlock(string Path, DateTimeOffset Opened);

/// <summary>The files of a store, by their names: when begun, a number, <c>.pb</c> while open and <c>.pb.gz</c> once packed.</summary>
internal static class TraceBlocks
{
    internal const string Plain = ".pb";
    internal const string Packed = ".pb.gz";
    private const string Time = "yyyyMMdd'T'HHmmssfff";
    private const int TimeChars = 18;

    /// <summary>The name of a block begun then.</summary>
    internal static string Name(DateTimeOffset opened, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{opened.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture)}-{sequence:0000}{Plain}");

    /// <summary>The blocks in a folder, oldest first; none when it is missing. A block that is just being packed is there once.</summary>
    internal static List<TraceBlock> In(string directory)
    {
        var blocks = new List<TraceBlock>();
        if (!Directory.Exists(directory))
            return blocks;
        foreach (var path in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (!name.EndsWith(Plain, StringComparison.Ordinal) && !name.EndsWith(Packed, StringComparison.Ordinal))
                continue;
            if (name.Length <= TimeChars || !DateTime.TryParseExact(name[..TimeChars], Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var opened))
                continue;
            if (blocks.Count == 0 || blocks[^1].Path + ".gz" != path)
                blocks.Add(new TraceBlock(path, new DateTimeOffset(opened, TimeSpan.Zero)));
        }

        return blocks;
    }
}
