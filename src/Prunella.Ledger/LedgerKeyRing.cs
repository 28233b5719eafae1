using System.Security.Cryptography;

namespace Prunella.Ledger;

/// <summary>
/// The keys of a ledger, oldest first; the last one signs, the others only verify. Kept outside the store, so that who can
/// write the store cannot forge it. Immutable and thread-safe.
/// </summary>
public sealed class LedgerKeyRing
{
    /// <summary>Bytes in a key.</summary>
    public const int KeyBytes = 32;

    private const int KeysMax = 1_000;

    private readonly LedgerKey[] keys;

    private LedgerKeyRing(LedgerKey[] keys) => this.keys = keys;

    /// <summary>Ids of the keys, oldest first.</summary>
    public IReadOnlyList<string> Ids => Array.ConvertAll(keys, key => key.Id);

    /// <summary>The id of the key that signs.</summary>
    public string SigningId => keys[^1].Id;

    internal LedgerKey Signing => keys[^1];

    /// <summary>The place of a key from 0, oldest first; -1 when the ring does not hold it.</summary>
    internal int IndexOf(string id) => Array.FindIndex(keys, key => key.Id == id);

    internal LedgerKey At(int index) => keys[index];

    /// <summary>A ring of one key.</summary>
    /// <exception cref="LedgerKeyException">The key does not have <see cref="KeyBytes"/> bytes.</exception>
    public static LedgerKeyRing Of(ReadOnlySpan<byte> key) =>
        key.Length == KeyBytes
            ? new([LedgerKey.Derive(key)])
            : throw new LedgerKeyException($"A ledger key has {KeyBytes} bytes, this one has {key.Length}.");

    /// <summary>Reads keys from text: 64 hex digits each, separated by line ends, commas or spaces, oldest first; lines that start with # are comments.</summary>
    /// <exception cref="LedgerKeyException">There is none, one is malformed, or one appears twice.</exception>
    public static LedgerKeyRing Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var words = lines.Where(line => line[0] != '#').SelectMany(line => line.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (words.Count == 0) throw new LedgerKeyException("No ledger key is given: expected at least one of 64 hex digits.");
        if (words.Count > KeysMax) throw new LedgerKeyException($"More than {KeysMax} ledger keys are given.");
        var keys = new List<LedgerKey>();
        foreach (var word in words)
        {
            // The text of a malformed key is not repeated: it may be a real one with a slip.
            if (word.Length != 2 * KeyBytes || !word.All(char.IsAsciiHexDigit))
                throw new LedgerKeyException($"Ledger key {keys.Count + 1} is not 64 hex digits (it has {word.Length} characters).");
            var key = LedgerKey.Derive(Convert.FromHexString(word));
            if (keys.Exists(other => other.Id == key.Id)) throw new LedgerKeyException($"Ledger key {key.Id} is given twice.");
            keys.Add(key);
        }
        return new([.. keys]);
    }

    /// <summary>Reads the key file, or creates it with one random key and permissions 0600 when there is none. Safe when several processes start together.</summary>
    /// <exception cref="LedgerKeyException">It cannot be read or created, is malformed, or is open to other users.</exception>
    public static LedgerKeyRing OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            if (!File.Exists(path)) CreateFile(path);
            return ReadFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerKeyException($"The ledger key file {path} cannot be read or created: {exception.Message}", exception);
        }
    }

    /// <summary>Adds a random key to the file; it signs from the next start on, the older ones go on verifying what they signed.</summary>
    /// <returns>The ring with the new key last.</returns>
    /// <exception cref="LedgerKeyException">See <see cref="OpenFile"/>.</exception>
    public static LedgerKeyRing RotateFile(string path)
    {
        var ring = OpenFile(path);
        try
        {
            var text = File.ReadAllText(path).TrimEnd('\n') + "\n" + NewKey() + "\n";
            KeyFile.Replace(path, text);
            var rotated = ReadFile(path);
            if (rotated.keys.Length != ring.keys.Length + 1) throw new LedgerKeyException($"The ledger key file {path} was changed by someone else during the rotation; try again.");
            return rotated;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerKeyException($"The ledger key file {path} cannot be written: {exception.Message}", exception);
        }
    }

    private static void CreateFile(string path) => KeyFile.CreateOnce(path,
        "# Keys of the Prunella ledger, oldest first; the last one signs.\n" +
        "# Keep every line, and keep this file apart from the store and its backups: who holds both can rewrite the ledger.\n" +
        NewKey() + "\n");

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));

    private static LedgerKeyRing ReadFile(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            var mode = File.GetUnixFileMode(path);
            if ((mode & others) != 0)
                throw new LedgerKeyException($"The ledger key file {path} is open to every user (mode {Convert.ToString((int)mode, 8)}); run: chmod 600 {path}");
        }
        var text = File.ReadAllText(path);
        try
        {
            return Parse(text);
        }
        catch (LedgerKeyException exception)
        {
            throw new LedgerKeyException($"In {path}: {exception.Message}", exception);
        }
    }
}

/// <summary>One key, with what is derived from it.</summary>
/// <param name="Id">8 hex digits, derived: another key has another id.</param>
/// <param name="Entries">Keys the hashes of entries.</param>
/// <param name="Checkpoints">Keys the checkpoints; separate, so that a leaked checkpoint key forges no entry.</param>
internal sealed record LedgerKey(string Id, byte[] Entries, byte[] Checkpoints)
{
    public static LedgerKey Derive(ReadOnlySpan<byte> key) => new(
        Convert.ToHexStringLower(HMACSHA256.HashData(key, "prunella ledger key id"u8))[..8],
        HMACSHA256.HashData(key, "prunella ledger entries"u8),
        HMACSHA256.HashData(key, "prunella ledger checkpoints"u8));
}

/// <summary>The ledger's keys cannot be used; the message says which and what to do. It never holds key material.</summary>
public sealed class LedgerKeyException(string message, Exception? inner = null) : Exception(message, inner);
