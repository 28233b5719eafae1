using System.IO.Hashing;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Archive;

/// <summary>Writes an archive anew in the cold tier, and puts it in the old one's place once it is known to give the same bytes.</summary>
internal static class ColdCopy
{
    /// <exception cref="InvalidDataException">The archive is damaged, or the copy does not give the same bytes; the archive stays as it was.</exception>
    internal static void Replace(string path, ArchiveOptions options, ClassOverrides? overrides)
    {
        var copy = path + ".cold";
        File.Delete(copy);
        var written = File.GetLastWriteTimeUtc(path);
        // Times without a year keep the one they had when they were written, however much later this is.
        var cold = new ArchiveOptions { BlockBytes = options.BlockBytes, Key = options.Key, Year = options.Year, Clock = new StoppedClock(written), Durable = options.Durable, Tier = ArchiveTier.Cold };
        try
        {
            UInt128 before;
            using (var reader = ArchiveReader.Open(path, options.Key))
            {
                if (reader.Damage.Count > 0)
                {
                    throw new InvalidDataException($"{path}: {reader.Damage[0].What} It stays as it is.");
                }

                using var writer = ArchiveWriter.Create(copy, cold, overrides);
                using var hashed = new HashedCopy(writer);
                reader.CopyTo(hashed);
                before = hashed.Hash;
            }

            using (var reader = ArchiveReader.Open(copy, options.Key))
            using (var hashed = new HashedCopy(null))
            {
                reader.CopyTo(hashed);
                if (hashed.Hash != before)
                {
                    throw new InvalidDataException($"{path}: the cold copy differs; the archive stays as it is.");
                }
            }

            File.Move(copy, path, overwrite: true);
            File.SetLastWriteTimeUtc(path, written);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private sealed class HashedCopy(ArchiveWriter? writer) : MemoryStream
    {
        private readonly XxHash128 hash = new();

        internal UInt128 Hash => hash.GetCurrentHashAsUInt128();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.Append(buffer);
            writer?.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }

    private sealed class StoppedClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
