namespace Prunella.Logs.Classification;

/// <summary>
/// Reads what a template talks about from its words. Topics alone (a login, a payment) are routine; a topic that goes wrong is critical,
/// and anything that goes wrong is interesting.
/// </summary>
internal static class ClassVocabulary
{
    // Stems, lower case; a word that starts with one counts.
    private static readonly string[] Grave =
    [
        "fatal", "panic", "corrupt", "fraud", "breach", "break-in", "intrusion", "exploit", "malware", "ransom", "tamper", "segfault", "out-of-memory",
        "oom", "data loss", "lost data", "disk full", "no space left", "unrecoverable", "emergency", "chargeback", "stolen", "privilege escalation", "attack",
        "possible break", "kernel bug", "split brain", "injection",
    ];

    private static readonly string[] Topics =
    [
        "auth", "login", "logon", "password", "passwd", "credential", "permission", "certificate", "token", "sudo", "payment", "card", "transaction", "checkout",
        "refund", "kerberos", "ldap", "session key", "signature", "invalid user", "firewall", "backup", "replica", "snapshot", "journal",
    ];

    private static readonly string[] Wrong =
    [
        "fail", "error", "exception", "denied", "refused", "reject", "invalid", "illegal", "unauthori", "forbidden", "expired", "revoked", "declined", "timeout", "timed out",
        "abort", "unable", "cannot", "can't", "couldn't", "could not", "broken", "lost", "missing", "unreachable", "unexpected", "overflow", "exhaust", "exceeded", "killed",
        "crash", "deadlock", "degraded", "unavailable", "throttl", "retry", "retrying", "warning", "bad ", "leak", "stale", "evict", "backoff", "back-off", "not found", "closed unexpectedly", "reset by peer", "no route",
    ];

    /// <summary>The class that the words of a template and the level of its lines give.</summary>
    internal static LineClass Of(string template, Parsing.Severity level)
    {
        if (level == Parsing.Severity.Fatal)
        {
            return LineClass.Critical;
        }

        var text = template.ToLowerInvariant();
        if (Has(text, Grave))
        {
            return level is Parsing.Severity.Debug or Parsing.Severity.Trace ? LineClass.Interesting : LineClass.Critical;
        }

        var wrong = Has(text, Wrong) || level is Parsing.Severity.Error or Parsing.Severity.Warning;
        return !wrong ? LineClass.Routine : Has(text, Topics) && level is not (Parsing.Severity.Debug or Parsing.Severity.Trace) ? LineClass.Critical : LineClass.Interesting;
    }

    private static bool Has(string text, string[] stems)
    {
        foreach (var stem in stems)
        {
            for (var at = text.IndexOf(stem, StringComparison.Ordinal); at >= 0; at = text.IndexOf(stem, at + 1, StringComparison.Ordinal))
            {
                if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
