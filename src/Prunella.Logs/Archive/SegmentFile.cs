using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Prunella.Logs.Archive;

/// <summary>Where a record of a segment lies, as its header says.</summary>
/// <param name="Offset">First byte of the header.</param>
/// <param name="Sequence">Number of the record in the segment, from 0.</param>
/// <param name="MetaBytes">Stored bytes of its description.</param>
/// <param name="DataBytes">Stored bytes of its data.</param>
internal readonly record struct RecordPlace(long Offset, long Sequence, int MetaBytes, int DataBytes)
{
    internal long End => Offset + SegmentFile.RecordHeaderBytes + MetaBytes + DataBytes;
}

/// <summary>
/// The container: a file header, then records of a description and data, each with its own checksums, only ever appended. A record is
/// there when all of it is; what follows the last whole record is a torn tail.
/// </summary>
internal static class SegmentFile
{
    internal const int FileHeaderBytes = 32;
    internal const int RecordHeaderBytes = 48;
    internal const int Encrypted = 1, Cold = 2;
    private const int NonceBytes = 12, TagBytes = 16;
    private const int PartBytesMax = 1 << 29;

    internal static ReadOnlySpan<byte> RecordMagic => "PBLK"u8;

    private static ReadOnlySpan<byte> Magic => "PRUNARC1"u8;

    /// <summary>Header of a file: magic, flags, 16 bytes that name the file, checksum.</summary>
    internal static byte[] FileHeader(bool encrypted, bool cold)
    {
        var header = new byte[FileHeaderBytes];
        Magic.CopyTo(header);
        header[8] = (byte)((encrypted ? Encrypted : 0) | (cold ? Cold : 0));
        RandomNumberGenerator.Fill(header.AsSpan(12, 12));
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), XxHash64.HashToUInt64(header.AsSpan(0, 24)));
        return header;
    }

    /// <exception cref="InvalidDataException">The bytes are no header of an archive, or a damaged one.</exception>
    internal static byte ReadFileHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < FileHeaderBytes || !header.StartsWith(Magic))
        {
            throw new InvalidDataException("The file is no archive of Prunella: 'prunella logs archive FILE -o FILE.parc' makes one.");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != XxHash64.HashToUInt64(header[..24]))
        {
            throw new InvalidDataException("The archive's file header is damaged.");
        }

        return header[8];
    }

    /// <summary>A whole record, ready to be appended.</summary>
    internal static byte[] Record(ReadOnlySpan<byte> fileHeader, byte[]? key, long sequence, ReadOnlySpan<byte> meta, ReadOnlySpan<byte> data)
    {
        var added = key is null ? 0 : NonceBytes + TagBytes;
        var record = new byte[checked(RecordHeaderBytes + meta.Length + data.Length + (2 * added))];
        var header = record.AsSpan(0, RecordHeaderBytes);
        RecordMagic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], meta.Length + added);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], data.Length + added);
        var storedMeta = record.AsSpan(RecordHeaderBytes, meta.Length + added);
        var storedData = record.AsSpan(RecordHeaderBytes + storedMeta.Length);
        Seal(key, Bound(fileHeader, header, 0), meta, storedMeta);
        Seal(key, Bound(fileHeader, header, 1), data, storedData);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], XxHash64.HashToUInt64(storedMeta));
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], XxHash64.HashToUInt64(storedData));
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], XxHash64.HashToUInt64(header[..40]));
        return record;
    }

    /// <summary>Reads a record's header.</summary>
    /// <returns>False when the bytes are none.</returns>
    internal static bool TryReadHeader(ReadOnlySpan<byte> header, long offset, out RecordPlace place)
    {
        place = default;
        if (header.Length < RecordHeaderBytes || !header.StartsWith(RecordMagic)
            || BinaryPrimitives.ReadUInt64LittleEndian(header[40..]) != XxHash64.HashToUInt64(header[..40]))
        {
            return false;
        }

        var meta = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        var data = BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
        if ((uint)meta > PartBytesMax || (uint)data > PartBytesMax)
        {
            return false;
        }

        place = new RecordPlace(offset, BinaryPrimitives.ReadInt64LittleEndian(header[8..]), meta, data);
        return true;
    }

    /// <summary>Checks and opens one part of a record.</summary>
    /// <param name="fileHeader">The file's header.</param>
    /// <param name="header">The record's header.</param>
    /// <param name="part">0 for the description, 1 for the data.</param>
    /// <param name="stored">The part as stored.</param>
    /// <param name="key">The key of an encrypted archive.</param>
    /// <exception cref="InvalidDataException">The part is damaged, or the key is not that of the archive.</exception>
    internal static byte[] Open(ReadOnlySpan<byte> fileHeader, ReadOnlySpan<byte> header, int part, byte[] stored, byte[]? key)
    {
        if (!Matches(header, part, stored))
        {
            throw new InvalidDataException("A block of the archive does not match its checksum.");
        }

        if (key is null)
        {
            return stored;
        }

        if (stored.Length < NonceBytes + TagBytes)
        {
            throw ByteSource.Damaged();
        }

        var plain = new byte[stored.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(stored.AsSpan(0, NonceBytes), stored.AsSpan(NonceBytes, plain.Length), stored.AsSpan(NonceBytes + plain.Length), plain, Bound(fileHeader, header, part));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException("A block of the archive cannot be decrypted: another key, or a block that was tampered with.", e);
        }

        return plain;
    }

    /// <summary>True when a part has the checksum that the header gives.</summary>
    internal static bool Matches(ReadOnlySpan<byte> header, int part, ReadOnlySpan<byte> stored) =>
        BinaryPrimitives.ReadUInt64LittleEndian(header[(24 + (8 * part))..]) == XxHash64.HashToUInt64(stored);

    private static void Seal(byte[]? key, ReadOnlySpan<byte> bound, ReadOnlySpan<byte> plain, Span<byte> stored)
    {
        if (key is null)
        {
            plain.CopyTo(stored);
            return;
        }

        using var aes = new AesGcm(key, TagBytes);
        var nonce = stored[..NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        aes.Encrypt(nonce, plain, stored.Slice(NonceBytes, plain.Length), stored[(NonceBytes + plain.Length)..], bound);
    }

    // What a part is bound to, so that no block can stand in for another: the file, the place in it, the lengths, the part.
    private static byte[] Bound(ReadOnlySpan<byte> fileHeader, ReadOnlySpan<byte> header, int part) => [.. fileHeader, .. header[..24], (byte)part];
}
