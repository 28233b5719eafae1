using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Registry;

/// <summary>What every object's metadata must keep.</summary>
internal static class MetadataRules
{
    private const int AnnotationBytesMax = 256 * 1024;

    public static void Check(ResourceType type, JsonObject body, List<StatusCause> causes)
    {
        var name = body.Name();
        if (name.Length == 0) causes.Add(StatusCause.Required("metadata.name", "name or generateName is required"));
        else if (NameError(type, name) is { } why) causes.Add(StatusCause.InvalidText("metadata.name", name, why));
        CheckLabels(body.Map("metadata", "labels"), "metadata.labels", causes);
        var bytes = 0;
        foreach (var (key, value) in body.TextMap("metadata", "annotations"))
        {
            if (NameRules.LabelKeyError(key.ToLowerInvariant()) is { } wrong) causes.Add(StatusCause.InvalidText("metadata.annotations", key, wrong));
            bytes += key.Length + value.Length;
        }

        if (bytes > AnnotationBytesMax) causes.Add(new StatusCause("FieldValueTooLong", $"Too long: must have at most {AnnotationBytesMax} bytes", "metadata.annotations"));
        foreach (var finalizer in body.Texts("metadata", "finalizers"))
        {
            if (NameRules.LabelKeyError(finalizer) is { } wrong) causes.Add(StatusCause.InvalidText("metadata.finalizers", finalizer, wrong));
            else if (!finalizer.Contains('/') && finalizer is not ("foregroundDeletion" or "orphan" or "kubernetes"))
                causes.Add(StatusCause.InvalidText("metadata.finalizers[0]", finalizer, "name is neither a standard finalizer name nor is it fully qualified"));
        }

        CheckOwners(body, causes);
    }

    private static void CheckOwners(JsonObject body, List<StatusCause> causes)
    {
        var controllers = 0;
        foreach (var owner in body.Items("metadata", "ownerReferences"))
        {
            foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(field))) causes.Add(StatusCause.InvalidText("metadata.ownerReferences." + field, "", field + (field is "name" or "uid" ? " must not be empty" : " must not be empty")));
            }

            if (owner.Flag("controller") == true && ++controllers == 2)
                causes.Add(StatusCause.Invalid("metadata.ownerReferences", owner.ToJsonString(), "Only one reference can have Controller set to true."));
        }
    }

    public static void CheckLabels(JsonObject? labels, string path, List<StatusCause> causes)
    {
        foreach (var (key, value) in labels ?? [])
        {
            if (NameRules.LabelKeyError(key) is { } wrongKey) causes.Add(StatusCause.InvalidText(path, key, wrongKey));
            if (NameRules.LabelValueError(value.Text() ?? "") is { } wrongValue) causes.Add(StatusCause.InvalidText(path, value.Text() ?? "", wrongValue));
        }
    }

    public static StatusCause NotNegative(string field, long value) => StatusCause.Invalid(field, $"{value}", "must be greater than or equal to 0");

    private static string? NameError(ResourceType type, string name) =>
        type == ResourceCatalogue.Namespaces ? NameRules.LabelNameError(name)
        : type == ResourceCatalogue.Services ? NameRules.ServiceNameError(name)
        : type.Group == "rbac.authorization.k8s.io" ? NameRules.PathSegmentError(name)
        : NameRules.SubdomainError(name);
}
