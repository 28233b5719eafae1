using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Patching;

/// <summary>Applies a patch request's body by its content type.</summary>
internal static class PatchBody
{
    public const string ApplyType = "application/apply-patch+yaml";
    private const string JsonType = "application/json-patch+json";
    private const string MergeType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    public static bool IsSupported(string media) => media is ApplyType or JsonType or MergeType or StrategicType;

    /// <exception cref="ApiStatusException">400 for a body that is no patch, 422 for one that does not apply.</exception>
    public static JsonNode Apply(JsonObject current, byte[] bytes, string media, ResourceType type) => Apply(current, bytes, media, type.Schema);

    public static JsonNode Apply(JsonObject current, byte[] bytes, string media, ObjectSchema schema)
    {
        JsonNode? patch;
        try
        {
            patch = JsonBody.Parse(bytes);
        }
        catch (JsonException e)
        {
            throw new ApiStatusException(media == MergeType ? NoMergePatch() : ApiStatus.BadRequest($"error decoding patch: {e.Message}"));
        }

        try
        {
            switch (media)
            {
                case JsonType:
                    var operations = patch as JsonArray ?? throw new ApiStatusException(ApiStatus.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch"));
                    if (operations.Count > JsonPatch.OperationsMax)
                        throw new ApiStatusException(ApiStatus.TooLarge($"The allowed maximum operations in a JSON patch is {JsonPatch.OperationsMax}, got {operations.Count}"));
                    return JsonPatch.Apply(current, operations);
                case MergeType:
                    JsonMergePatch.Apply(current, patch as JsonObject ?? throw new ApiStatusException(patch is JsonArray ? NoObject() : NoMergePatch()));
                    return current;
                default:
                    StrategicMergePatch.Apply(current, AsObject(patch), schema);
                    return current;
            }
        }
        catch (PatchException) when (media == JsonType)
        {
            throw new ApiStatusException(new ApiStatus(422, "Invalid", "the server rejected our request due to an error in our request") { HasDetails = true });
        }
        catch (PatchException e)
        {
            throw new ApiStatusException(ApiStatus.BadRequest(e.Message));
        }
    }

    // Upstream answers a merge patch it cannot parse with 500, unlike the other patch types; seen on 1.20.
    private static ApiStatus NoMergePatch() => new(500, "", "Invalid JSON Patch");

    private static ApiStatus NoObject() =>
        ApiStatus.Invalid("", "", "", [StatusCause.InvalidText("patch", "[]", "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value")]);

    private static JsonObject AsObject(JsonNode? patch) =>
        patch as JsonObject ?? throw new ApiStatusException(ApiStatus.BadRequest("error decoding patch: json: cannot unmarshal value into Go value of type map[string]interface {}"));
}
