using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>
/// The one way objects are written, by clients and by the simulated controllers alike: defaults, validation,
/// preconditions, generation, finalizers and grace happen here and nowhere else.
/// </summary>
internal sealed class ObjectRegistry(ObjectStore store, TimeProvider time, int seed)
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private readonly Random random = new(seed);
    private readonly ObjectAdmission admission = new(store);

    public ObjectStore Store { get; } = store;

    /// <summary>The simulation's present, which may lag the clock while a long jump is being caught up with.</summary>
    public Func<DateTimeOffset> Now { get; set; } = time.GetUtcNow;

    /// <summary>Five characters that cannot form words, as upstream draws them.</summary>
    public string NameSuffix()
    {
        lock (Store.Gate)
        {
            return string.Create(5, random, static (span, random) =>
            {
                for (var index = 0; index < span.Length; index++) span[index] = NameAlphabet[random.Next(NameAlphabet.Length)];
            });
        }
    }

    private Guid NewUid()
    {
        lock (Store.Gate)
        {
            Span<byte> bytes = stackalloc byte[16];
            random.NextBytes(bytes);
            bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40); // version 4
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            return new Guid(bytes);
        }
    }

    /// <exception cref="ApiStatusException">404 no namespace, 403 terminating or over quota, 409 exists, 422 invalid.</exception>
    public StoredObject Create(ResourceType type, string ns, JsonObject body, WriteOptions options = default)
    {
        lock (Store.Gate)
        {
            var metadata = body.Ensure("metadata");
            if (type.Namespaced)
            {
                if (body.Namespace() is { Length: > 0 } named && named != ns)
                    throw new ApiStatusException(ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request"));
                metadata["namespace"] = ns;
            }
            else metadata.Remove("namespace");

            if (metadata.Text("resourceVersion") is { Length: > 0 })
                throw new ApiStatusException(new ApiStatus(500, "", "resourceVersion should not be set on objects to be created"));
            foreach (var key in (ReadOnlySpan<string>)["resourceVersion", "selfLink", "managedFields", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"]) metadata.Remove(key);
            if (body.Name().Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
                metadata["name"] = prefix[..Math.Min(prefix.Length, 58)] + NameSuffix();

            metadata["uid"] = NewUid().ToString();
            metadata["creationTimestamp"] = Now().Stamp();
            if (type.HasGeneration) metadata["generation"] = 1L;
            if (type.HasStatus && type != ResourceCatalogue.Nodes) body.Remove("status"); // a node registers with its status
            body["apiVersion"] = type.StoredApiVersion;
            body["kind"] = type.Kind;

            admission.CheckNamespace(type, ns, body.Name());
            ObjectDefaults.Apply(type, body);
            admission.BeforeCreate(type, body, Now());
            var causes = ObjectRules.Check(type, body, null);
            if (causes.Count > 0) throw new ApiStatusException(ApiStatus.Invalid(type.Group, type.Kind, body.Name(), causes));
            if (Store.Find(type, type.Namespaced ? ns : "", body.Name()) is not null)
                throw new ApiStatusException(ApiStatus.AlreadyExists(type, body.Name()));
            admission.CheckQuota(type, body);
            return options.DryRun ? new StoredObject(new ObjectImage(type, body, 0), body) : Store.Put(type, body);
        }
    }

    /// <summary>Reads, changes and writes in one step. The change gets its own copy and returns what shall be stored.
    /// Without a subresource the object itself is written; <c>status</c> writes only the status.</summary>
    /// <exception cref="ApiStatusException">404, 409 when the change names another version or uid, 422 invalid.</exception>
    public StoredObject Update(ResourceType type, string ns, string name, Func<JsonObject, JsonObject> change, string? subresource = null, WriteOptions options = default)
    {
        lock (Store.Gate)
        {
            var current = Store.Find(type, ns, name) ?? throw new ApiStatusException(ApiStatus.NotFound(type, name));
            var next = change(current.Body.Copy());
            CheckIdentity(type, current, next);
            Restore(type, current.Body, next, subresource);
            ObjectDefaults.Apply(type, next);
            if (subresource is null) ObjectAdmission.BeforeUpdate(type, next, current.Body);
            var cleaned = new ObjectCleaning();
            if (cleaned.Clean(next, type.Schema) is { } undecodable) throw new ApiStatusException(ApiStatus.BadRequest(undecodable));
            if (subresource != "status")
            {
                var causes = ObjectRules.Check(type, next, current.Body);
                if (causes.Count > 0) throw new ApiStatusException(ApiStatus.Invalid(type.Group, type.Kind, name, causes));
            }

            if (type.HasGeneration && subresource != "status" && SpecChanged(type, current.Body, next))
                next.Ensure("metadata")["generation"] = (current.Body.Number("metadata", "generation") ?? 0) + 1;
            if (ReadyToGo(type, next))
            {
                if (!options.DryRun) Store.Remove(current with { Body = next });
                return new StoredObject(new ObjectImage(type, next, current.Version), next);
            }

            next.Ensure("metadata")["resourceVersion"] = current.Version.ToString(CultureInfo.InvariantCulture);
            if (next.Same(current.Body)) return current;
            if (type == ResourceCatalogue.Pods && current.Body.Deleting() && next.Texts("metadata", "finalizers").Except(current.Body.Texts("metadata", "finalizers")).Any())
                throw new ApiStatusException(ApiStatus.Invalid(type.Group, type.Kind, name, [StatusCause.Forbidden("metadata.finalizers", "no new finalizers can be added if the object is being deleted")]));
            return options.DryRun ? new StoredObject(new ObjectImage(type, next, current.Version), next) : Store.Put(type, next);
        }
    }

    /// <summary>A controller's own write: changes the copy in place; an object that has gone is no error.</summary>
    public bool Change(StoredObject target, Action<JsonObject> change, string? subresource = null)
    {
        lock (Store.Gate)
        {
            if (Store.Find(target.Type, target.Namespace, target.Name) is not { } current || current.Uid != target.Uid) return false;
            Update(target.Type, target.Namespace, target.Name, body =>
            {
                change(body);
                return body;
            }, subresource);
            return true;
        }
    }

    private static void CheckIdentity(ResourceType type, StoredObject current, JsonObject next)
    {
        var name = current.Name;
        if (next.Name() is { Length: > 0 } named && named != name)
            throw new ApiStatusException(ApiStatus.BadRequest($"the name of the object ({named}) does not match the name on the URL ({name})"));
        if (type.Namespaced && next.Namespace() is { Length: > 0 } ns && ns != current.Namespace)
            throw new ApiStatusException(ApiStatus.BadRequest($"the namespace of the object ({ns}) does not match the namespace on the request ({current.Namespace})"));
        if (next.Uid() is { Length: > 0 } uid && uid != current.Uid)
            throw new ApiStatusException(ApiStatus.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}"));
        var version = next.Text("metadata", "resourceVersion");
        if (string.IsNullOrEmpty(version))
        {
            if (type.NeedsVersionOnUpdate) throw new ApiStatusException(ApiStatus.Invalid(type.Group, type.Kind, name, [StatusCause.Invalid("metadata.resourceVersion", "0x0", "must be specified for an update")]));
        }
        else if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new ApiStatusException(ApiStatus.Invalid(type.Group, type.Kind, name, [StatusCause.InvalidText("metadata.resourceVersion", version, "must be a number")]));
        else if (number != current.Version && number != 0) throw new ApiStatusException(ApiStatus.Modified(type, name));
    }

    // Fields a client cannot write come back as they were.
    private static void Restore(ResourceType type, JsonObject current, JsonObject next, string? subresource)
    {
        if (subresource == "status")
        {
            var status = next["status"].Copy();
            var conditionsOnly = current.Copy();
            foreach (var key in next.Select(pair => pair.Key).ToArray()) next.Remove(key);
            foreach (var (key, value) in conditionsOnly) next[key] = value.Copy();
            next.Put("status", status);
            return;
        }

        next["apiVersion"] = type.StoredApiVersion;
        next["kind"] = type.Kind;
        if (type.HasStatus && subresource is null) next.Put("status", current["status"].Copy());
        var metadata = next.Ensure("metadata");
        foreach (var key in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"])
            metadata.Put(key, current.At("metadata", key).Copy());
        metadata.Remove("selfLink");
        metadata.Remove("managedFields");
    }

    private static bool SpecChanged(ResourceType type, JsonObject current, JsonObject next)
    {
        foreach (var (key, value) in next)
        {
            if (key is not ("metadata" or "status") && !value.Same(current[key])) return true;
        }

        if (current.Any(pair => pair.Key is not ("metadata" or "status") && !next.ContainsKey(pair.Key))) return true;
        return type == ResourceCatalogue.Deployments && !next.At("metadata", "annotations").Same(current.At("metadata", "annotations"));
    }

    private static bool ReadyToGo(ResourceType type, JsonObject body) =>
        body.Deleting() && body.List("metadata", "finalizers") is not { Count: > 0 }
        && (body.Number("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
        && (type != ResourceCatalogue.Namespaces || body.List("spec", "finalizers") is not { Count: > 0 });

    /// <returns>The object as it is left, and whether it is gone.</returns>
    /// <exception cref="ApiStatusException">404, 409 for preconditions, 403 for what may not be deleted.</exception>
    public (StoredObject Object, bool Gone) Delete(ResourceType type, string ns, string name, DeleteOptions options)
    {
        lock (Store.Gate)
        {
            var current = Store.Find(type, ns, name) ?? throw new ApiStatusException(ApiStatus.NotFound(type, name));
            if (options.Uid is { } uid && uid != current.Uid)
                throw new ApiStatusException(ApiStatus.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}"));
            if (options.ResourceVersion is { } version && version != current.Version.ToString(CultureInfo.InvariantCulture))
                throw new ApiStatusException(ApiStatus.Conflict(type, name, $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {current.Version}"));
            if (type == ResourceCatalogue.Namespaces && name is "default" or "kube-system" or "kube-public")
                throw new ApiStatusException(ApiStatus.Forbidden(type, name, "this namespace may not be deleted"));

            var next = current.Body.Copy();
            var metadata = next.Ensure("metadata");
            SetPropagation(metadata, options.Propagation);
            var grace = Grace(type, current.Body, options.GraceSeconds);
            var finalizing = metadata.List("finalizers") is { Count: > 0 } || (type == ResourceCatalogue.Namespaces && next.List("spec", "finalizers") is { Count: > 0 });
            if (!finalizing && (grace == 0 || type != ResourceCatalogue.Pods))
            {
                if (!options.DryRun) Store.Remove(current);
                return (current, true);
            }

            var deadline = Now().AddSeconds(grace);
            if (!current.Body.Deleting())
            {
                metadata["deletionTimestamp"] = deadline.Stamp();
                metadata["deletionGracePeriodSeconds"] = grace;
                if (type.HasGeneration) metadata["generation"] = (metadata.Number("generation") ?? 0) + 1;
                if (type == ResourceCatalogue.Namespaces) next.Ensure("status")["phase"] = "Terminating";
            }
            else if (grace < (metadata.Number("deletionGracePeriodSeconds") ?? 0))
            {
                metadata["deletionTimestamp"] = deadline.Stamp();
                metadata["deletionGracePeriodSeconds"] = grace;
            }

            if (next.Same(current.Body)) return (current, false);
            return (options.DryRun ? current with { Body = next } : Store.Put(type, next), false);
        }
    }

    private static long Grace(ResourceType type, JsonObject body, long? asked)
    {
        if (type != ResourceCatalogue.Pods) return 0;
        if (string.IsNullOrEmpty(body.Text("spec", "nodeName")) || body.Text("status", "phase") is "Succeeded" or "Failed") return 0;
        return Math.Max(0, asked ?? body.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    }

    private static void SetPropagation(JsonObject metadata, Propagation propagation)
    {
        if (propagation is Propagation.Default) return;
        var finalizers = metadata.Texts("finalizers").Where(finalizer => finalizer is not ("foregroundDeletion" or "orphan")).ToList();
        if (propagation == Propagation.Foreground) finalizers.Add("foregroundDeletion");
        if (propagation == Propagation.Orphan) finalizers.Add("orphan");
        metadata.Put("finalizers", finalizers.Count == 0 ? null : new JsonArray([.. finalizers.Select(finalizer => (JsonNode)finalizer)]));
    }
}
