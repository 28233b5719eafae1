using System.Text.Json.Nodes;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api;

/// <summary>One reason why a field was refused.</summary>
internal sealed record StatusCause(string Reason, string Message, string Field)
{
    public static StatusCause Invalid(string field, string value, string detail) => new("FieldValueInvalid", $"Invalid value: {value}: {detail}", field);

    public static StatusCause InvalidText(string field, string value, string detail) => Invalid(field, "\"" + value + "\"", detail);

    public static StatusCause Required(string field, string detail = "") => new("FieldValueRequired", "Required value" + (detail.Length > 0 ? ": " + detail : ""), field);

    public static StatusCause Duplicate(string field, string value) => new("FieldValueDuplicate", $"Duplicate value: \"{value}\"", field);

    public static StatusCause Forbidden(string field, string detail) => new("FieldValueForbidden", "Forbidden: " + detail, field);

    public static StatusCause NotFound(string field, string value) => new("FieldValueNotFound", $"Not found: \"{value}\"", field);

    public static StatusCause Unsupported(string field, string value, params string[] supported) =>
        new("FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(s => "\"" + s + "\""))}", field);
}

/// <summary>The API server's error body.</summary>
internal sealed record ApiStatus(int Code, string Reason, string Message)
{
    public string? Name { get; init; }
    public string? Group { get; init; }
    public string? Kind { get; init; }
    public string? Uid { get; init; }
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Whether the body has <c>details</c> even when they are empty.</summary>
    public bool HasDetails { get; init; }

    public JsonObject ToJson()
    {
        var body = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message };
        if (Reason.Length > 0) body["reason"] = Reason;
        var details = Details();
        if (details.Count > 0 || HasDetails) body["details"] = details;
        body["code"] = Code;
        return body;
    }

    private JsonObject Details()
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(Name)) details["name"] = Name;
        if (!string.IsNullOrEmpty(Group)) details["group"] = Group;
        if (!string.IsNullOrEmpty(Kind)) details["kind"] = Kind;
        if (!string.IsNullOrEmpty(Uid)) details["uid"] = Uid;
        if (Causes.Count > 0)
        {
            var causes = new JsonArray();
            foreach (var cause in Causes)
            {
                var item = new JsonObject();
                if (cause.Reason.Length > 0) item["reason"] = cause.Reason;
                item["message"] = cause.Message;
                if (cause.Field.Length > 0) item["field"] = cause.Field;
                causes.Add(item);
            }

            details["causes"] = causes;
        }

        if (RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        return details;
    }

    /// <summary>What a completed delete answers.</summary>
    public static JsonObject Deleted(ResourceType type, string name, string uid)
    {
        var details = new JsonObject { ["name"] = name };
        if (type.Group.Length > 0) details["group"] = type.Group;
        details["kind"] = type.Plural;
        details["uid"] = uid;
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }

    public static ApiStatus NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.Qualified} \"{name}\" not found") { Name = name, Group = type.Group, Kind = type.Plural };

    public static ApiStatus NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource") { HasDetails = true };

    public static ApiStatus MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { HasDetails = true };

    public static ApiStatus AlreadyExists(ResourceType type, string name) =>
        new(409, "AlreadyExists", $"{type.Qualified} \"{name}\" already exists") { Name = name, Group = type.Group, Kind = type.Plural };

    public static ApiStatus Conflict(ResourceType type, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {type.Qualified} \"{name}\": {why}") { Name = name, Group = type.Group, Kind = type.Plural };

    public static ApiStatus Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiStatus BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatus Forbidden(ResourceType type, string name, string why, params StatusCause[] causes) =>
        new(403, "Forbidden", $"{type.Qualified} \"{name}\" is forbidden: {why}") { Name = name, Group = type.Group, Kind = type.Plural, Causes = causes };

    public static ApiStatus Invalid(string group, string kind, string name, IReadOnlyList<StatusCause> causes)
    {
        var errors = causes.Select(cause => cause.Field + ": " + cause.Message).ToArray();
        var list = errors.Length == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]";
        var qualified = group.Length > 0 ? kind + "." + group : kind;
        return new ApiStatus(422, "Invalid", $"{qualified} \"{name}\" is invalid: {list}") { Name = name, Group = group, Kind = kind, Causes = causes };
    }

    public static ApiStatus Expired(string message) => new(410, "Expired", message);

    public static ApiStatus TooLarge(string message) => new(413, "RequestEntityTooLarge", message);

    public static ApiStatus UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message) { HasDetails = true };

    public static ApiStatus TooManyRequests(string message, int? retryAfterSeconds, params StatusCause[] causes) =>
        new(429, "TooManyRequests", message) { Causes = causes, RetryAfterSeconds = retryAfterSeconds, HasDetails = true };

    public static ApiStatus Internal(string message) => new(500, "InternalError", "Internal error occurred: " + message) { Causes = [new StatusCause("", message, "")] };
}

/// <summary>A refusal on its way to the client; carries the body it will get.</summary>
internal sealed class ApiStatusException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status { get; } = status;
}
