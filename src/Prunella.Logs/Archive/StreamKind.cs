namespace Prunella.Logs.Archive;

/// <summary>What a stream of a block holds; streams of a kind are packed and modelled together.</summary>
internal enum StreamKind : byte
{
    /// <summary>Meta and directory: numbers and literal text.</summary>
    Directory,

    /// <summary>Shape of each line.</summary>
    Shapes,

    /// <summary>Indices into a table of values.</summary>
    Indices,

    /// <summary>Low bytes of differences, and small differences.</summary>
    Differences,

    /// <summary>Higher bytes of numbers, one stream a byte.</summary>
    Planes,

    /// <summary>Values as text, each ended by a line feed.</summary>
    Text,

    /// <summary>Bytes that hardly repeat.</summary>
    Dense,
}
