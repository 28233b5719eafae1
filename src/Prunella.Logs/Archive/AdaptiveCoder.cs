namespace Prunella.Logs.Archive;

/// <summary>Binary arithmetic coding of streams under an <see cref="AdaptiveModel"/>.</summary>
internal static class AdaptiveCoder
{
    internal static void Encode(ReadOnlySpan<byte> prime, IReadOnlyList<(StreamKind Kind, ReadOnlyMemory<byte> Bytes)> streams, ByteSink to)
    {
        var total = prime.Length;
        foreach (var (_, bytes) in streams)
        {
            total += bytes.Length;
        }

        var model = new AdaptiveModel(total);
        Prime(model, prime);
        uint low = 0, high = uint.MaxValue;
        foreach (var (kind, bytes) in streams)
        {
            model.Begin(kind, bytes.Length);
            foreach (var value in bytes.Span)
            {
                for (var b = 7; b >= 0; b--)
                {
                    var bit = (value >> b) & 1;
                    var middle = low + (uint)(((ulong)(high - low) * (uint)model.Predict()) >> 12);
                    if (bit == 1)
                    {
                        high = middle;
                    }
                    else
                    {
                        low = middle + 1;
                    }

                    model.Update(bit);
                    while (((low ^ high) & 0xFF000000) == 0)
                    {
                        to.Byte((byte)(high >> 24));
                        low <<= 8;
                        high = (high << 8) | 255;
                    }
                }
            }
        }

        // Enough of a number between the two that whatever follows keeps it there; missing bytes count as zeros.
        to.Byte((byte)((low >> 24) + 1));
    }

    private static void Prime(AdaptiveModel model, ReadOnlySpan<byte> prime)
    {
        model.Begin(StreamKind.Directory, prime.Length);
        foreach (var value in prime)
        {
            for (var b = 7; b >= 0; b--)
            {
                model.Predict();
                model.Update((value >> b) & 1);
            }
        }
    }

    /// <summary>Decodes stream after stream.</summary>
    internal sealed class Decoder
    {
        private readonly byte[] coded;
        private readonly AdaptiveModel model;
        private int at;
        private uint low, high = uint.MaxValue, value;

        /// <param name="coded">What was encoded, from an offset.</param>
        /// <param name="from">That offset.</param>
        /// <param name="prime">What the model was primed with.</param>
        /// <param name="bytes">Bytes of all streams to come.</param>
        internal Decoder(byte[] coded, int from, ReadOnlySpan<byte> prime, int bytes)
        {
            this.coded = coded;
            at = from;
            model = new AdaptiveModel(checked(bytes + prime.Length));
            Prime(model, prime);
            for (var n = 0; n < 4; n++)
            {
                value = (value << 8) | Next();
            }
        }

        internal byte[] Decode(StreamKind kind, int length)
        {
            model.Begin(kind, length);
            var from = model.Length;
            for (var n = 0; n < length; n++)
            {
                for (var b = 0; b < 8; b++)
                {
                    var middle = low + (uint)(((ulong)(high - low) * (uint)model.Predict()) >> 12);
                    var bit = value <= middle ? 1 : 0;
                    if (bit == 1)
                    {
                        high = middle;
                    }
                    else
                    {
                        low = middle + 1;
                    }

                    model.Update(bit);
                    while (((low ^ high) & 0xFF000000) == 0)
                    {
                        low <<= 8;
                        high = (high << 8) | 255;
                        value = (value << 8) | Next();
                    }
                }
            }

            return model.History(from, length).ToArray();
        }

        private uint Next() => at < coded.Length ? coded[at++] : 0u;
    }
}
