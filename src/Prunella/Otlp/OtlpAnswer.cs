using System.Text;

namespace Prunella.Otlp;

/// <summary>The few messages that a receiver writes, in protobuf by hand: three fields are no reason for a code generator.</summary>
internal static class OtlpAnswer
{
    internal const int InvalidArgument = 3;
    internal const int ResourceExhausted = 8;
    internal const int Unimplemented = 12;
    internal const int Unavailable = 14;
    internal const int Unauthenticated = 16;

    /// <summary>Export…ServiceResponse { 1: Export…PartialSuccess { 1: rejected, 2: error_message } }; empty when nothing was rejected.</summary>
    internal static byte[] Success(int rejected, string text)
    {
        if (rejected == 0) return [];
        var partial = new List<byte> { 0x08 };
        Varint(partial, (uint)rejected);
        Text(partial, 2, text);
        var response = new List<byte> { 0x0A };
        Varint(response, (uint)partial.Count);
        response.AddRange(partial);
        return [.. response];
    }

    /// <summary>google.rpc.Status { 1: code, 2: message }.</summary>
    internal static byte[] Status(int code, string text)
    {
        var status = new List<byte> { 0x08, (byte)code };
        Text(status, 2, text);
        return [.. status];
    }

    private static void Text(List<byte> to, int number, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        to.Add((byte)((number << 3) | 2));
        Varint(to, (uint)bytes.Length);
        to.AddRange(bytes);
    }

    private static void Varint(List<byte> to, uint value)
    {
        for (; value >= 0x80; value >>= 7) to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }
}
