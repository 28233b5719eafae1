namespace Prunella.Incidents;

/// <summary>
/// Makes UUIDs of version 7 from a clock and a seeded random source, so that a simulation replays them. Thread-safe.
/// </summary>
/// <param name="time">The clock that gives the 48-bit millisecond prefix.</param>
/// <param name="random">The source of the other bits; the caller seeds it.</param>
public sealed class IdSource(TimeProvider time, Random random)
{
    private readonly Lock gate = new();

    /// <summary>The next id. RFC 9562, section 5.7.</summary>
    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (gate) random.NextBytes(bytes);
        var ms = time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var index = 0; index < 6; index++) bytes[index] = (byte)(ms >> (40 - 8 * index));
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
