using System.Net;
using System.Net.Sockets;

namespace Prunella.Kubernetes.Actions.Firewall;

/// <summary>Address blocks as network policies hold them.</summary>
internal static class AddressBlocks
{
    /// <summary>Shorter prefixes cover so much that they mean "everybody": 16 million addresses at most are one block.</summary>
    private const int PrefixBitsMinV4 = 8;
    private const int PrefixBitsMinV6 = 32;

    /// <summary>Reads a block; null with the reason when it is malformed or covers too much.</summary>
    internal static (IPNetwork? Block, string Why) Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        // Set host bits mean that something else was meant.
        if (slash < 0 || !IPNetwork.TryParse(text, out var block) || !IPAddress.TryParse(text.AsSpan(0, slash), out var given) || !given.Equals(block.BaseAddress)) return (null, "it is no address block such as 203.0.113.0/24 whose host bits are zero");
        var least = block.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? PrefixBitsMinV4 : PrefixBitsMinV6;
        return block.PrefixLength < least ? (null, $"a prefix shorter than /{least} covers too much") : (block, "");
    }

    /// <summary>Every address of the family that is not in the block, as few blocks as possible: one for each bit of the prefix.</summary>
    internal static IEnumerable<IPNetwork> Except(IPNetwork block)
    {
        var bytes = block.BaseAddress.GetAddressBytes();
        for (var bit = 0; bit < block.PrefixLength; bit++)
        {
            // The sibling at this depth: the same leading bits, this bit flipped, the rest zero.
            var sibling = new byte[bytes.Length];
            for (var index = 0; index <= bit; index++)
            {
                var mask = (byte)(0x80 >> (index % 8));
                var isSet = (bytes[index / 8] & mask) != 0;
                if (index == bit ? !isSet : isSet) sibling[index / 8] |= mask;
            }
            yield return new IPNetwork(new IPAddress(sibling), bit + 1);
        }
    }

    /// <summary>Every address of the other family, in two halves.</summary>
    internal static IEnumerable<IPNetwork> OtherFamily(IPNetwork block) =>
        block.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? [IPNetwork.Parse("::/1"), IPNetwork.Parse("8000::/1")]
            : [IPNetwork.Parse("0.0.0.0/1"), IPNetwork.Parse("128.0.0.0/1")];
}
