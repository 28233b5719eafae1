using System.Buffers;

namespace Prunella.Logs.Pipeline;

/// <summary>Cuts a stream of syslog into messages: by octet count (RFC 6587, 3.4.1) or by line feed or NUL (3.4.2), told message by message.</summary>
public static class SyslogFraming
{
    /// <summary>Longest message in one piece; a longer one comes in pieces.</summary>
    /// <value>Bytes: 1 MiB.</value>
    public const int MessageBytesMax = 1 << 20;

    private const int CountDigitsMax = 7;
    private static readonly SearchValues<byte> Ends = SearchValues.Create([(byte)'\n', (byte)0]);

    /// <summary>Takes the next message off the front of what was received.</summary>
    /// <param name="received">What was received and not taken; what is left of it afterwards.</param>
    /// <param name="message">The message, without its frame; empty ones are to be ignored.</param>
    /// <returns>False when more has to be received first.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> received, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (received.IsEmpty)
        {
            return false;
        }

        if (received[0] is >= (byte)'1' and <= (byte)'9')
        {
            int digits = 0, count = 0;
            while (digits < received.Length && digits < CountDigitsMax && received[digits] is >= (byte)'0' and <= (byte)'9')
            {
                count = (count * 10) + received[digits++] - '0';
            }

            if (digits == received.Length)
            {
                return false;
            }

            if (received[digits] == ' ' && count <= MessageBytesMax)
            {
                if (received.Length - digits - 1 < count)
                {
                    return false;
                }

                message = received.Slice(digits + 1, count);
                received = received[(digits + 1 + count)..];
                return true;
            }
        }

        var end = received.IndexOfAny(Ends);
        if (end < 0)
        {
            if (received.Length < MessageBytesMax)
            {
                return false;
            }

            message = received;
            received = default;
            return true;
        }

        message = received[..end];
        received = received[(end + 1)..];
        return true;
    }

    /// <summary>Writes a message as one line: trailing line ends go, those within become spaces.</summary>
    public static void WriteLine(ReadOnlySpan<byte> message, IBufferWriter<byte> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        message = message.TrimEnd("\r\n\0"u8);
        if (message.IsEmpty)
        {
            return;
        }

        var to = lines.GetSpan(message.Length + 1);
        message.CopyTo(to);
        to[..message.Length].Replace((byte)'\n', (byte)' ');
        to[message.Length] = (byte)'\n';
        lines.Advance(message.Length + 1);
    }
}
