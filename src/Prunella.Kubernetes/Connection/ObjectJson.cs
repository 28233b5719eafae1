using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s;
using k8s.Models;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Connection;

/// <summary>
/// Reads typed objects of the API. The client's own reader (<see cref="KubernetesJson"/>) looks for a type among all 5 900 that it
/// knows and loads each of them for it; this one knows the dozen that are read here, and what they are made of.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(KubernetesJson.KubernetesDateTimeConverter), typeof(KubernetesJson.KubernetesDateTimeOffsetConverter), typeof(KubernetesJson.Iso8601TimeSpanConverter)])]
[JsonSerializable(typeof(ObjectPage<V1ControllerRevision>))]
[JsonSerializable(typeof(ObjectPage<V1HorizontalPodAutoscaler>))]
[JsonSerializable(typeof(ObjectPage<V1NetworkPolicy>))]
[JsonSerializable(typeof(ObjectPage<V1Node>))]
[JsonSerializable(typeof(ObjectPage<V1Pod>))]
[JsonSerializable(typeof(ObjectPage<V1ReplicaSet>))]
[JsonSerializable(typeof(ObjectPage<WorkloadSurvey.Row>))]
[JsonSerializable(typeof(ObjectPage<JsonElement>))]
[JsonSerializable(typeof(ObjectPage<JsonObject>))]
[JsonSerializable(typeof(V1DaemonSet))]
[JsonSerializable(typeof(V1Deployment))]
[JsonSerializable(typeof(V1Job))]
[JsonSerializable(typeof(V1PersistentVolumeClaim))]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1StatefulSet))]
[JsonSerializable(typeof(V1StorageClass))]
internal sealed partial class ObjectJson : JsonSerializerContext
{
    /// <summary>Reads an object; null for the text <c>null</c>.</summary>
    /// <exception cref="JsonException">It is no such object.</exception>
    internal static T? Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Of<T>());

    /// <summary>Reads an object that was parsed before.</summary>
    /// <exception cref="JsonException">It is no such object.</exception>
    internal static T? Read<T>(JsonNode json) => json.Deserialize(Of<T>());

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)(Default.GetTypeInfo(typeof(T)) ?? throw new NotSupportedException($"{typeof(T)} is not among the types that are read."));
}
