using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Prunella.Sandbox.Schema;

/// <summary>
/// Builds schemas by reflection over the client library's generated models, so that the two ends cannot disagree
/// about field names. The merge keys, which those models lack, are listed here by hand from the API reference.
/// </summary>
internal static class SchemaCatalogue
{
    private static readonly ConcurrentDictionary<Type, ObjectSchema> known = new();
    private static readonly Lock building = new();

    private static readonly ObjectSchema text = new(SchemaKind.Text, "string");
    private static readonly ObjectSchema any = new(SchemaKind.Any, "object");
    private static readonly ObjectSchema narrow = new(SchemaKind.Integer, "int32");
    private static readonly ObjectSchema wide = new(SchemaKind.Integer, "int64") { Wide = true };
    private static readonly ObjectSchema real = new(SchemaKind.Number, "float64");
    private static readonly ObjectSchema flag = new(SchemaKind.Flag, "bool");
    private static readonly ObjectSchema quantity = new(SchemaKind.Quantity, "Quantity");
    private static readonly ObjectSchema intOrText = new(SchemaKind.IntOrText, "IntOrString");
    private static readonly ObjectSchema time = new(SchemaKind.Time, "Time");
    private static readonly ObjectSchema microTime = new(SchemaKind.MicroTime, "MicroTime");
    private static readonly ObjectSchema bytes = new(SchemaKind.Bytes, "[]uint8");

    private static readonly HashSet<string> microTimes = ["eventTime", "acquireTime", "renewTime", "lastObservedTime"];

    private static readonly Dictionary<string, string?> mergeKeys = new(StringComparer.Ordinal)
    {
        ["PodSpec.containers"] = "name", ["PodSpec.initContainers"] = "name", ["PodSpec.ephemeralContainers"] = "name",
        ["PodSpec.imagePullSecrets"] = "name", ["PodSpec.hostAliases"] = "ip", ["PodSpec.topologySpreadConstraints"] = "topologyKey",
        ["PodSpec.volumes"] = "name", ["PodStatus.conditions"] = "type", ["PodStatus.podIPs"] = "ip",
        ["Container.env"] = "name", ["Container.ports"] = "containerPort", ["Container.volumeMounts"] = "mountPath", ["Container.volumeDevices"] = "devicePath",
        ["EphemeralContainer.env"] = "name", ["EphemeralContainer.volumeMounts"] = "mountPath", ["EphemeralContainer.volumeDevices"] = "devicePath",
        ["ServiceSpec.ports"] = "port", ["ServiceStatus.conditions"] = "type", ["ServiceAccount.secrets"] = "name",
        ["NodeStatus.addresses"] = "type", ["NodeStatus.conditions"] = "type", ["NodeSpec.podCIDRs"] = null,
        ["NamespaceStatus.conditions"] = "type", ["PersistentVolumeClaimStatus.conditions"] = "type",
        ["DeploymentStatus.conditions"] = "type", ["ReplicaSetStatus.conditions"] = "type", ["StatefulSetStatus.conditions"] = "type",
        ["DaemonSetStatus.conditions"] = "type", ["JobStatus.conditions"] = "type", ["HorizontalPodAutoscalerStatus.conditions"] = "type",
        ["PodDisruptionBudgetStatus.conditions"] = "type", ["ObjectMeta.finalizers"] = null, ["ObjectMeta.ownerReferences"] = "uid",
    };

    public static ObjectSchema For(Type type) => known.TryGetValue(type, out var schema) ? schema : Build(type);

    private static ObjectSchema Build(Type type)
    {
        lock (building)
        {
            if (known.TryGetValue(type, out var done)) return done;
            var schemas = new Dictionary<Type, ObjectSchema>();
            var schema = Describe(type, schemas);
            foreach (var (each, described) in schemas) known[each] = described;
            return schema;
        }
    }

    private static ObjectSchema Describe(Type type, Dictionary<Type, ObjectSchema> pending)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return text;
        if (type == typeof(int)) return narrow;
        if (type == typeof(long)) return wide;
        if (type == typeof(double) || type == typeof(float)) return real;
        if (type == typeof(bool)) return flag;
        if (type == typeof(byte[])) return bytes;
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset)) return time;
        if (type == typeof(ResourceQuantity)) return quantity;
        if (type == typeof(IntOrString)) return intOrText;
        if (type.IsGenericType && type.GetGenericArguments() is [var keyType, var valueType] && keyType == typeof(string))
        {
            return new ObjectSchema(SchemaKind.Map, "map") { Item = Describe(valueType, pending) };
        }

        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GetGenericArguments() is [var item])
        {
            return new ObjectSchema(SchemaKind.List, "slice") { Item = Describe(item, pending) };
        }

        if (type.Namespace != "k8s.Models") return any;
        if (known.TryGetValue(type, out var schema) || pending.TryGetValue(type, out schema)) return schema;

        schema = new ObjectSchema(SchemaKind.Object, GoName(type));
        pending[type] = schema;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name is not { } name) continue;
            var field = microTimes.Contains(name) ? microTime : Describe(property.PropertyType, pending);
            var path = schema.TypeName + "." + name;
            var merges = mergeKeys.TryGetValue(path, out var key);
            var strategy = merges ? MergeStrategy.Merge : path == "DeploymentSpec.strategy" ? MergeStrategy.RetainKeys : MergeStrategy.Replace;
            schema.Fields[name] = new SchemaField(name, field, strategy, key);
        }

        return schema;
    }

    // V1PodSpec, V1beta1Eviction, V2HorizontalPodAutoscaler, Corev1Event → the Go type's own name.
    private static string GoName(Type type)
    {
        var name = type.Name;
        var at = name.IndexOf('V', StringComparison.OrdinalIgnoreCase);
        foreach (var prefix in (ReadOnlySpan<string>)["Corev1", "Eventsv1", "Discoveryv1", "Authenticationv1", "Storagev1", "Rbacv1"])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return name[prefix.Length..];
        }

        if (at != 0) return name;
        var end = 1;
        while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
        foreach (var stage in (ReadOnlySpan<string>)["alpha", "beta"])
        {
            if (!name.AsSpan(end).StartsWith(stage)) continue;
            end += stage.Length;
            while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
        }

        return name[end..];
    }
}
