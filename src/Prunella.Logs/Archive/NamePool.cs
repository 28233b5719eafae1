using System.Runtime.InteropServices;
using System.Text;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>Names of templates and services as text, made once for all blocks of an archive: nearly all stand in each of them.</summary>
internal sealed class NamePool
{
    private readonly Dictionary<ulong, string> names = [];

    internal string Get(ReadOnlySpan<byte> bytes)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(names, Mix.Bytes(bytes), out _);
        return known is not null && Ascii.Equals(bytes, known) ? known : known = Encoding.UTF8.GetString(bytes);
    }
}
