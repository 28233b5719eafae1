using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Redaction;

/// <summary>What of a shape's lines has to be looked at.</summary>
internal sealed class RedactionPlan
{
    /// <summary>Nothing shorter is a value of any kind: 1.1.1.1 and ::1:2.</summary>
    internal const int ShortestValue = 6;

    /// <summary>Nor is a group of numbers shorter than a telephone number.</summary>
    internal const int ShortestGroup = 9;

    private RedactionPlan(SensitiveKinds kinds, bool wholeLine, (int First, int Last)[] windows)
    {
        Kinds = kinds;
        WholeLine = wholeLine;
        Windows = windows;
    }

    internal SensitiveKinds Kinds { get; }

    /// <summary>The constant part names a secret or holds a value: every line is searched from end to end.</summary>
    internal bool WholeLine { get; }

    /// <summary>Runs of slots, first and last, that can hold a value alone or together.</summary>
    internal (int First, int Last)[] Windows { get; }

    internal static RedactionPlan Of(in ParsedLine line, SensitiveKinds kinds, Span<SensitiveValue> room)
    {
        var slots = line.Slots;
        if (SensitiveScanner.NeedsWholeLine(line.Shape.Literals.Span, kinds) || LiteralHolds(line, kinds, room))
        {
            return new RedactionPlan(kinds, true, []);
        }

        var windows = new List<(int, int)>();
        for (var n = 0; n < slots.Length; n++)
        {
            if (!CanHold(slots[n].Kind) && !MayBeACard(slots[n], line.Raw))
            {
                continue;
            }

            var first = n;
            while (n + 1 < slots.Length && CanJoin(slots[n].Kind) && CanJoin(slots[n + 1].Kind) && Joined(line.Raw[slots[n].End..slots[n + 1].Start]))
            {
                n++;
            }

            windows.Add((first, n));
        }

        return new RedactionPlan(kinds, false, [.. windows]);
    }

    // Times, units and flags hold nothing; headers (hosts, threads, loggers) are addresses at times.
    private static bool CanHold(SlotKind kind) => kind is not (SlotKind.Time or SlotKind.Unit or SlotKind.Flag or SlotKind.Empty);

    // Sixteen figures are a time in microseconds too.
    private static bool MayBeACard(Token slot, ReadOnlySpan<byte> raw) =>
        slot.Kind == SlotKind.Time && slot.Length >= 14 && raw.Slice(slot.Start, slot.Length).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    // Only numbers come in groups: cards, phones, IBANs.
    private static bool CanJoin(SlotKind kind) => kind is SlotKind.Number or SlotKind.Identifier or SlotKind.Word;

    private static bool Joined(ReadOnlySpan<byte> gap) => gap.Length is 1 or 2 && gap.IndexOfAnyExcept((ReadOnlySpan<byte>)" -.()/+@:"u8) < 0;

    // A value that reaches into the constant bytes: an IBAN whose first word is a word, a key in the middle of the text.
    private static bool LiteralHolds(in ParsedLine line, SensitiveKinds kinds, Span<SensitiveValue> room)
    {
        var count = SensitiveScanner.Find(line.Raw, 0, line.Raw.Length, kinds, room, 0);
        for (var v = 0; v < count; v++)
        {
            var within = false;
            foreach (ref readonly var slot in line.Slots)
            {
                within |= slot.Start <= room[v].Start && room[v].End <= slot.End;
            }

            if (!within)
            {
                return true;
            }
        }

        // More than there is room for: what follows was not looked at.
        return count == room.Length;
    }
}
