namespace Prunella.Traces.Model;

/// <summary>What an attribute says about a span, whichever of the field's names it goes by.</summary>
internal enum KeyRole : byte
{
    None,
    Statement,
    DbSystem,
    DbOperation,
    DbName,
    Url,
    Route,
    Method,
    HttpStatus,
    GrpcStatus,
    Peer,
    PeerAddress,
    RpcSystem,
    RpcService,
    RpcMethod,
    MessagingSystem,
    MessagingDestination,
    PayloadBytes,
    ResendCount,
    PoolName,
    Rows,
    ToolName,
    ToolArguments,
    AgentOperation,
    ErrorType,
    Error,
    OtelStatus,
    Kind,
    ServiceName,
    Host,
    Language,
    CacheHit,
    Component,
    ThreadId,
    ThreadName,
}

/// <summary>
/// Attribute names with a meaning here. They have the same ids in every names pool, so that a role is an array access.
/// Within a role an earlier name wins over a later one.
/// </summary>
internal static class Keys
{
    private static readonly (string Name, KeyRole Role)[] Known =
    [
        ("unknown-service", KeyRole.None),
        ("db.query.text", KeyRole.Statement), ("db.statement", KeyRole.Statement), ("sql.query", KeyRole.Statement),
        ("db.system.name", KeyRole.DbSystem), ("db.system", KeyRole.DbSystem), ("db.type", KeyRole.DbSystem),
        ("db.operation.name", KeyRole.DbOperation), ("db.operation", KeyRole.DbOperation),
        ("db.namespace", KeyRole.DbName), ("db.name", KeyRole.DbName), ("db.instance", KeyRole.DbName),
        ("url.full", KeyRole.Url), ("http.url", KeyRole.Url), ("http.target", KeyRole.Url), ("url.path", KeyRole.Url), ("http.path", KeyRole.Url),
        ("url.template", KeyRole.Route), ("http.route", KeyRole.Route),
        ("http.request.method", KeyRole.Method), ("http.method", KeyRole.Method),
        ("http.response.status_code", KeyRole.HttpStatus), ("http.status_code", KeyRole.HttpStatus),
        ("rpc.grpc.status_code", KeyRole.GrpcStatus), ("grpc.status_code", KeyRole.GrpcStatus), ("grpc.status", KeyRole.GrpcStatus),
        ("peer.service", KeyRole.Peer), ("service.peer.name", KeyRole.Peer),
        ("server.address", KeyRole.PeerAddress), ("net.peer.name", KeyRole.PeerAddress), ("net.sock.peer.name", KeyRole.PeerAddress),
        ("peer.hostname", KeyRole.PeerAddress), ("peer.address", KeyRole.PeerAddress), ("network.peer.address", KeyRole.PeerAddress),
        ("rpc.system.name", KeyRole.RpcSystem), ("rpc.system", KeyRole.RpcSystem),
        ("rpc.service", KeyRole.RpcService), ("rpc.method", KeyRole.RpcMethod),
        ("messaging.system", KeyRole.MessagingSystem),
        ("messaging.destination.name", KeyRole.MessagingDestination), ("messaging.destination", KeyRole.MessagingDestination),
        ("message_bus.destination", KeyRole.MessagingDestination),
        ("http.response.body.size", KeyRole.PayloadBytes), ("http.response_content_length", KeyRole.PayloadBytes),
        ("http.response.header.content-length", KeyRole.PayloadBytes), ("http.response_transfer_size", KeyRole.PayloadBytes),
        ("http.request.body.size", KeyRole.PayloadBytes), ("http.request_content_length", KeyRole.PayloadBytes),
        ("messaging.message.body.size", KeyRole.PayloadBytes), ("messaging.message_payload_size_bytes", KeyRole.PayloadBytes),
        ("rpc.message.uncompressed_size", KeyRole.PayloadBytes), ("message.uncompressed_size", KeyRole.PayloadBytes),
        ("http.request.resend_count", KeyRole.ResendCount), ("http.resend_count", KeyRole.ResendCount),
        ("retry.count", KeyRole.ResendCount), ("retry_count", KeyRole.ResendCount), ("retry.attempt", KeyRole.ResendCount),
        ("db.client.connection.pool.name", KeyRole.PoolName), ("pool.name", KeyRole.PoolName),
        ("db.response.returned_rows", KeyRole.Rows),
        ("gen_ai.tool.name", KeyRole.ToolName), ("tool.name", KeyRole.ToolName),
        ("gen_ai.tool.call.arguments", KeyRole.ToolArguments), ("tool.parameters", KeyRole.ToolArguments), ("input.value", KeyRole.ToolArguments),
        ("gen_ai.operation.name", KeyRole.AgentOperation),
        ("error.type", KeyRole.ErrorType), ("exception.type", KeyRole.ErrorType),
        ("error", KeyRole.Error),
        ("otel.status_code", KeyRole.OtelStatus),
        ("span.kind", KeyRole.Kind),
        ("service.name", KeyRole.ServiceName),
        ("hostname", KeyRole.Host), ("host.name", KeyRole.Host), ("ip", KeyRole.Host), ("k8s.pod.name", KeyRole.Host),
        ("telemetry.sdk.language", KeyRole.Language), ("jaeger.version", KeyRole.Language),
        ("cache.hit", KeyRole.CacheHit),
        ("component", KeyRole.Component),
        ("thread.id", KeyRole.ThreadId), ("thread.name", KeyRole.ThreadName),
    ];

    private static readonly KeyRole[] Roles = [KeyRole.None, .. Known.Select(known => known.Role)];

    /// <summary>The id of "unknown-service", the name of a service a span does not name; Jaeger's word for it.</summary>
    internal const int UnknownService = 1;

    internal static readonly int HttpStatusCode = IdOf("http.status_code");
    internal static readonly int GrpcStatus = IdOf("grpc.status");
    internal static readonly int Hostname = IdOf("hostname");

    internal static KeyRole Role(int key) => (uint)key < (uint)Roles.Length ? Roles[key] : KeyRole.None;

    internal static TextPool NewNames()
    {
        var names = new TextPool();
        Fill(names);
        return names;
    }

    private static int IdOf(string name) => Array.FindIndex(Known, known => known.Name == name) + 1;

    private static void Fill(TextPool names)
    {
        for (var index = 0; index < Known.Length; index++)
        {
            if (names.Intern(Known[index].Name) != index + 1)
                throw new InvalidOperationException($"Attribute key {Known[index].Name} is listed twice.");
        }
    }
}
