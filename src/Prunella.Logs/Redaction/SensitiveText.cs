namespace Prunella.Logs.Redaction;

/// <summary>A sensitive value in a text.</summary>
/// <param name="Start">Byte offset.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">One kind.</param>
public readonly record struct SensitiveSpan(int Start, int Length, SensitiveKinds Kind);

/// <summary>Finds every sensitive value of a text of any length, with the recognisers of the line redactor. Thread-safe.</summary>
public static class SensitiveText
{
    /// <summary>Adds the values found, in order and without overlap.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="kinds">What to look for.</param>
    /// <param name="found">Where they are added.</param>
    public static void Find(ReadOnlySpan<byte> text, SensitiveKinds kinds, ICollection<SensitiveSpan> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        Span<SensitiveValue> room = new SensitiveValue[SensitiveScanner.ValuesMax];
        var from = 0;
        while (true)
        {
            var count = SensitiveScanner.Find(text, from, text.Length, kinds, room, 0);
            foreach (ref readonly var value in room[..count]) found.Add(new SensitiveSpan(value.Start, value.Length, value.Kind));
            if (count < room.Length) return;
            from = room[count - 1].End;
        }
    }
}
