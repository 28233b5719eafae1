using System.Text.Json;
using System.Text.Json.Serialization;
using Prunella.Incidents;

namespace Prunella.Remediation.Storage;

/// <summary>
/// How records look as JSON, in the store and over HTTP: camel case, enumerations by name, ids as 32 hex digits, times in
/// ISO 8601, computed properties and nulls left out, unknown members ignored. Not-a-number and infinities are written as text.
/// </summary>
public static class StoreJson
{
    /// <summary>The options. Read-only and shared; deriving your own starts from a copy.</summary>
    public static JsonSerializerOptions Options { get; } = Build();

    /// <summary>A record as JSON text.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A record as a JSON element, such as a ledger payload.</summary>
    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, Options);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no JSON of this record.</exception>
    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            IgnoreReadOnlyProperties = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString,
            MaxDepth = 128,
            Converters =
            {
                new JsonStringEnumConverter(),
                new IdConverter<SignalId>(id => id.Value, value => new SignalId(value)),
                new IdConverter<IncidentId>(id => id.Value, value => new IncidentId(value)),
                new IdConverter<ExecutionId>(id => id.Value, value => new ExecutionId(value)),
                new IdConverter<ApprovalId>(id => id.Value, value => new ApprovalId(value)),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class IdConverter<TId>(Func<TId, Guid> unwrap, Func<Guid, TId> wrap) : JsonConverter<TId>
        where TId : struct
    {
        public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Guid.TryParse(reader.GetString(), out var value)
                ? wrap(value)
                : throw new JsonException("An id is 32 hex digits.");

        public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(unwrap(value).ToString("N"));
    }
}
