using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Api.Protobuf;

/// <summary>Turns the API's protobuf envelope into the JSON tree it stands for. What is not in the tables is refused, never dropped.</summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";
    private const int DepthMax = 32;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="JsonException">Not such an envelope, truncated, or of a kind or field the tables lack.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic)) throw new JsonException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        ReadOnlySpan<byte> raw = default;
        var (apiVersion, kind) = ("", "");
        var reader = new WireReader(bytes[Magic.Length..]);
        while (reader.Next(out var number, out var wire))
        {
            var value = reader.Bytes(wire);
            if (number == 2) raw = value;
            if (number != 1) continue;
            var type = new WireReader(value);
            while (type.Next(out var field, out var inner))
            {
                var text = Text(type.Bytes(inner));
                if (field == 1) apiVersion = text;
                if (field == 2) kind = text;
            }
        }

        var shape = ProtobufShapes.Find(kind) ?? throw new JsonException($"the sandbox reads no protobuf of kind {kind}; send application/json");
        var body = Message(raw, kind, shape, 0);
        body["apiVersion"] = apiVersion;
        body["kind"] = kind;
        return body;
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, string name, Dictionary<int, ProtobufField> shape, int depth)
    {
        if (depth > DepthMax) throw new JsonException("exceeded max depth");
        var map = new JsonObject();
        var reader = new WireReader(bytes);
        while (reader.Next(out var number, out var wire))
        {
            if (wire == 0)
            {
                var whole = (long)reader.Varint();
                if (!shape.TryGetValue(number, out var scalar))
                {
                    if (whole != 0) throw Unknown(name, number);
                }
                else if (scalar.Form == FieldForm.Integer && (whole != 0 || scalar.KeepsZero)) map[scalar.Name] = whole;
                else if (scalar.Form == FieldForm.Flag && (whole != 0 || scalar.KeepsZero)) map[scalar.Name] = whole != 0;
                continue;
            }

            var value = reader.Bytes(wire);
            if (!shape.TryGetValue(number, out var field))
            {
                if (!value.IsEmpty) throw Unknown(name, number);
                continue;
            }

            Put(map, field, value, depth);
        }

        return map;
    }

    private static JsonException Unknown(string name, int number) => new($"the sandbox does not know protobuf field {number} of {name}; send application/json");

    private static void Put(JsonObject map, ProtobufField field, ReadOnlySpan<byte> value, int depth)
    {
        if (field.Form == FieldForm.Ignored) return;
        if (field.Form == FieldForm.Map)
        {
            var (key, entry) = Entry(value);
            map.Ensure(field.Name)[key] = Value(ProtobufShapes.Form(field.Shape), field.Shape, entry, depth);
            return;
        }

        var node = Value(field.Form, field.Shape, value, depth);
        if (field.Repeated) map.EnsureList(field.Name).Add(node);
        else if (node is not JsonObject { Count: 0 } && !(field.Form == FieldForm.Text && value.IsEmpty)) map[field.Name] = node;
    }

    private static (string Key, byte[] Value) Entry(ReadOnlySpan<byte> bytes)
    {
        var (key, value) = ("", Array.Empty<byte>());
        var reader = new WireReader(bytes);
        while (reader.Next(out var number, out var wire))
        {
            var part = reader.Bytes(wire);
            if (number == 1) key = Text(part);
            else value = part.ToArray();
        }

        return (key, value);
    }

    private static JsonNode Value(FieldForm form, string shape, ReadOnlySpan<byte> value, int depth) => form switch
    {
        FieldForm.Text => JsonValue.Create(Text(value)),
        FieldForm.Bytes => JsonValue.Create(Convert.ToBase64String(value)),
        FieldForm.Quantity => JsonValue.Create(Inner(value, 1)),
        FieldForm.IntOrText => IntOrText(value),
        FieldForm.Message => Message(value, shape, ProtobufShapes.Find(shape)!, depth + 1),
        _ => throw new JsonException("wrong wire type"),
    };

    private static string Inner(ReadOnlySpan<byte> bytes, int wanted)
    {
        var reader = new WireReader(bytes);
        while (reader.Next(out var number, out var wire))
        {
            var part = reader.Bytes(wire);
            if (number == wanted) return Text(part);
        }

        return "0";
    }

    private static JsonValue IntOrText(ReadOnlySpan<byte> bytes)
    {
        long kind = 0, whole = 0;
        var text = "";
        var reader = new WireReader(bytes);
        while (reader.Next(out var number, out var wire))
        {
            if (wire == 0)
            {
                var value = (long)reader.Varint();
                if (number == 1) kind = value;
                if (number == 2) whole = value;
            }
            else text = Text(reader.Bytes(wire));
        }

        return kind == 0 ? JsonValue.Create(whole) : JsonValue.Create(text);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Reads tags and values; every length is checked against what is there.</summary>
    private ref struct WireReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public bool Next(out int number, out int wire)
        {
            (number, wire) = (0, 0);
            if (rest.IsEmpty) return false;
            var tag = Varint();
            (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            return true;
        }

        public ulong Varint()
        {
            var value = 0ul;
            for (var shift = 0; shift < 64; shift += 7)
            {
                if (rest.IsEmpty) break;
                var b = rest[0];
                rest = rest[1..];
                value |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80) return value;
            }

            throw new JsonException("unexpected EOF in protobuf");
        }

        public ReadOnlySpan<byte> Bytes(int wire)
        {
            var length = wire switch { 2 => Varint(), 0 => 0ul, 1 => 8ul, 5 => 4ul, _ => throw new JsonException("proto: illegal wireType") };
            if (wire == 0)
            {
                Varint();
                return default;
            }

            if (length > (ulong)rest.Length) throw new JsonException("unexpected EOF in protobuf");
            var value = rest[..(int)length];
            rest = rest[(int)length..];
            return value;
        }
    }
}
