namespace Prunella.Logs.Questions;

/// <summary>What people call things, and the words by which logs tell of them.</summary>
internal static class Concepts
{
    // Several names of one concept, then what lines say. A line that holds one of the latter is about it.
    private static readonly (string[] Names, string[] Said)[] Known =
    [
        (["database", "databases", "db", "sql"], ["database", "postgres", "mysql", "mongo", "jdbc", "hikari", "sqlexception", "sqlstate", "sql", "db"]),
        (["connection pool", "pool exhaustion", "pool exhausted"], ["connection pool", "pool exhausted", "connection is not available", "too many clients", "remaining connection slots"]),
        (["timeout", "timeouts", "time-out", "time-outs", "timed out", "time out", "timing out"], ["timeout", "timed out", "time-out", "deadline exceeded"]),
        (["out of memory", "oom", "memory errors", "memory error", "out-of-memory"], ["out of memory", "outofmemory", "oom", "cannot allocate memory", "heap space"]),
        (["connection refused", "refused connection", "refused connections", "connections refused"], ["connection refused", "econnrefused"]),
        (["connection", "connections", "connectivity"], ["connection", "connect"]),
        (["network", "networking"], ["network", "connection", "socket", "unreachable", "econn"]),
        (["authentication", "auth", "login", "logins", "log-in", "sign-in"], ["auth", "login", "logon", "sign in", "password", "credential"]),
        (["permission", "permissions", "access denied", "permission denied", "unauthorized", "unauthorised", "forbidden"], ["permission denied", "access denied", "forbidden", "unauthorized", "unauthorised", "not permitted"]),
        (["disk", "disk space", "disk full", "no space"], ["disk", "no space left", "enospc", "filesystem"]),
        (["dns", "name resolution", "name lookup"], ["dns", "no such host", "enotfound", "eai_again", "name or service not known", "could not resolve", "getaddrinfo"]),
        (["certificate", "certificates", "tls", "ssl"], ["certificate", "x509", "tls", "ssl", "handshake"]),
        (["crash", "crashes", "crashed", "crashing", "panic", "panics"], ["crash", "panic", "segfault", "segmentation fault", "fatal signal", "core dumped"]),
        (["exception", "exceptions", "stack trace", "stack traces", "traceback", "tracebacks"], ["exception", "traceback", "stack trace"]),
        (["deadlock", "deadlocks"], ["deadlock"]),
        (["retry", "retries", "retried", "retrying"], ["retry", "retries", "retried", "retrying"]),
        (["queue", "queues", "messages queue"], ["queue", "kafka", "rabbitmq", "amqp", "sqs"]),
        (["kafka"], ["kafka"]),
        (["cache", "caches", "caching"], ["cache", "redis", "memcache"]),
        (["redis"], ["redis"]),
        (["rate limit", "rate limits", "rate limited", "rate limiting", "rate-limited", "throttled", "throttling"], ["rate limit", "too many requests", "throttl", "429"]),
        (["payment", "payments"], ["payment", "charge"]),
        (["restart", "restarts", "restarted", "restarting"], ["restart", "starting up", "started"]),
        (["deployment", "deployments", "deploy", "deploys", "deployed", "rollout", "rollouts"], ["deploy", "rollout", "rolled out"]),
        (["failure", "failures", "failed", "fail", "fails", "failing"], ["fail"]),
        (["security", "intrusion", "attack", "attacks", "break-in"], ["authentication failure", "invalid user", "break-in", "denied", "attack", "unauthorized"]),
        (["garbage collection", "gc"], ["gc", "garbage collect"]),
        (["memory"], ["memory", "heap", "oom"]),
        (["email", "emails", "e-mail", "mail"], ["mail", "smtp"]),
        (["upload", "uploads"], ["upload"]),
        (["download", "downloads"], ["download"]),
    ];

    private static readonly Dictionary<string, string[]> ByName = Known.SelectMany(concept => concept.Names.Select(name => (name, concept.Said))).ToDictionary(entry => entry.name, entry => entry.Said, StringComparer.Ordinal);

    /// <summary>Most words that a name has.</summary>
    internal const int WordsMax = 3;

    /// <summary>What lines say of a concept; null for what is none.</summary>
    internal static string[]? Said(string name) => ByName.GetValueOrDefault(name);
}
