using System.Text.RegularExpressions;

namespace Prunella.Sandbox.Resources;

/// <summary>The naming rules of the API, each answering null when kept or the server's own explanation.</summary>
internal static partial class NameRules
{
    private const string LabelMessage =
        "a DNS-1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string SubdomainMessage =
        "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string ServiceMessage =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedMessage =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static string? LabelNameError(string name) =>
        name.Length > 63 ? "must be no more than 63 characters" : DnsLabel().IsMatch(name) ? null : LabelMessage;

    public static string? SubdomainError(string name) =>
        name.Length > 253 ? "must be no more than 253 characters" : DnsSubdomain().IsMatch(name) ? null : SubdomainMessage;

    public static string? ServiceNameError(string name) =>
        name.Length > 63 ? "must be no more than 63 characters" : ServiceLabel().IsMatch(name) ? null : ServiceMessage;

    /// <summary>Path segments only: what role names and the like must keep.</summary>
    public static string? PathSegmentError(string name) =>
        name is "." or ".." ? $"may not be '{name}'" : name.Contains('/') ? "may not contain '/'" : name.Contains('%') ? "may not contain '%'" : null;

    public static string? LabelKeyError(string key)
    {
        var slash = key.LastIndexOf('/');
        if (slash == 0) return "prefix part must be non-empty";
        if (slash > 0 && SubdomainError(key[..slash]) is { } why) return "prefix part " + why;
        var name = key[(slash + 1)..];
        if (name.Length == 0) return "name part must be non-empty";
        return name.Length > 63 ? "name part must be no more than 63 characters" : QualifiedName().IsMatch(name) ? null : QualifiedMessage;
    }

    public static string? LabelValueError(string value) =>
        value.Length > 63 ? "must be no more than 63 characters" : value.Length == 0 || QualifiedName().IsMatch(value) ? null : LabelValueMessage;

    public static string? ConfigKeyError(string key) =>
        key.Length > 253 ? "must be no more than 253 characters"
        : key is "." or ".." ? $"must not be '{key}'"
        : ConfigKey().IsMatch(key) ? null
        : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static string? EnvironmentNameError(string name) =>
        EnvironmentName().IsMatch(name) ? null
        : "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceLabel();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ConfigKey();

    [GeneratedRegex(@"\A[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex EnvironmentName();
}
