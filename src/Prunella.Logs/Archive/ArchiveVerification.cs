namespace Prunella.Logs.Archive;

/// <summary>What checking an archive found.</summary>
/// <param name="Blocks">Whole blocks.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Bytes">Bytes of input that they give back.</param>
/// <param name="Damage">Everything that is wrong, in the order of the file.</param>
public sealed record ArchiveVerification(int Blocks, long Lines, long Bytes, IReadOnlyList<ArchiveDamage> Damage)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsWhole => Damage.Count == 0;

    /// <summary>Checks every checksum, and rebuilds every line of every block.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="key">32 bytes where it is encrypted.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ArchiveVerification Verify(string path, byte[]? key = null)
    {
        var damage = new List<ArchiveDamage>();
        int blocks = 0;
        long lines = 0, bytes = 0;
        try
        {
            using var reader = ArchiveReader.Open(path, key);
            damage.AddRange(reader.Damage);
            long expected = 0;
            foreach (var block in reader.Blocks)
            {
                if (block.Place.Sequence != expected)
                {
                    damage.Add(new ArchiveDamage(block.Place.Offset, 0, $"Block {block.Place.Sequence} stands where block {expected} should."));
                }

                expected = block.Place.Sequence + 1;
                try
                {
                    BlockText.CopyTo(reader, block, Stream.Null);
                    blocks++;
                    lines += block.Meta.Lines;
                    bytes += block.Meta.Bytes;
                }
                catch (InvalidDataException e)
                {
                    damage.Add(new ArchiveDamage(block.Place.Offset, block.Place.End - block.Place.Offset, e.Message));
                }
            }

            if (reader.WholeBytes < reader.Length)
            {
                damage.Add(new ArchiveDamage(reader.WholeBytes, reader.Length - reader.WholeBytes, $"The last {reader.Length - reader.WholeBytes} bytes are no whole block: a torn write, or damage."));
            }
        }
        catch (InvalidDataException e)
        {
            damage.Add(new ArchiveDamage(0, 0, e.Message));
        }

        return new ArchiveVerification(blocks, lines, bytes, damage);
    }
}
