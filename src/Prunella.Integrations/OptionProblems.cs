using System.Net;

namespace Prunella.Integrations;

/// <summary>Collects what is wrong with options, so that all of it is reported at once.</summary>
/// <param name="section">The configuration section, as in <c>prometheus</c>.</param>
internal sealed class OptionProblems(string section)
{
    private readonly List<string> problems = [];

    internal IReadOnlyList<string> All => problems;

    internal OptionProblems Within(string key, TimeSpan value, TimeSpan least, TimeSpan greatest) =>
        Check(key, value >= least && value <= greatest, $"is {value} and must be from {least} to {greatest}");

    internal OptionProblems Within(string key, long value, long least, long greatest) =>
        Check(key, value >= least && value <= greatest, $"is {value} and must be from {least} to {greatest}");

    internal OptionProblems HttpUrl(string key, Uri? value) =>
        Check(key, IsHttp(value), $"is '{value}' and must be an absolute http or https URL without user and password");

    /// <summary>Like <see cref="HttpUrl"/>, and not in the clear but to this machine.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The address.</param>
    /// <param name="secret">What would be readable on the way, as in <c>the key</c>.</param>
    internal OptionProblems SecretUrl(string key, Uri? value, string secret) => HttpUrl(key, value)
        .Check(key, !IsHttp(value) || value!.Scheme == "https" || value.IsLoopback, $"must be https: {secret} would be readable on the way");

    /// <summary>A machine and a port on it.</summary>
    /// <param name="host">The value of <c>Host</c>.</param>
    /// <param name="port">The value of <c>Port</c>.</param>
    /// <param name="what">What is there, as in <c>a mail server</c>.</param>
    internal OptionProblems HostAndPort(string host, int port, string what) =>
        Check("Host", Uri.CheckHostName(host) != UriHostNameType.Unknown, $"is '{host}' and must be the name or address of {what}").Within("Port", port, 1, 65_535);

    internal OptionProblems Readable(string key, string path) =>
        Check(key, path.Length == 0 || File.Exists(path), $"names '{path}', which is no file");

    internal OptionProblems Check(string key, bool holds, string otherwise)
    {
        if (!holds) problems.Add($"{section}:{key} {otherwise}");
        return this;
    }

    internal OptionProblems Add(IEnumerable<string> further)
    {
        problems.AddRange(further);
        return this;
    }

    /// <summary>Throws with every problem; returns when there is none.</summary>
    internal static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0) throw new IntegrationOptionsException(problems);
    }

    /// <summary>Whether a host is this machine, to which nothing can be read on the way.</summary>
    internal static bool IsThisMachine(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    internal static bool IsHttp(Uri? value) => value is { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0, UserInfo.Length: 0 };
}

/// <summary>The options of an integration are wrong; nothing of it was registered.</summary>
public sealed class IntegrationOptionsException : ArgumentException
{
    internal IntegrationOptionsException(IReadOnlyList<string> problems) : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Every problem, each naming its key and what is allowed.</summary>
    public IReadOnlyList<string> Problems { get; }
}
