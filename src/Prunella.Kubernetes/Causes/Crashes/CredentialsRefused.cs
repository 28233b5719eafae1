using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because what it connects to refuses its name or password.</summary>
public sealed partial class CredentialsRefused : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("credentials-refused", 21, CauseLayer.Root,
        "The log of the run that ended says that authentication failed, with the user where it is named.",
        "A person renews the secret that is named; Prunella never touches credentials.");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (Refused().Match(line) is not { Success: true } match) continue;
            var user = match.Groups["user"].Value;
            var secrets = container.Spec["env"].Items.All().Select(entry => entry["valueFrom"]["secretKeyRef"]).Where(reference => reference.Exists).Select(reference => $"{reference["name"].Text}/{reference["key"].Text}").Distinct().ToList();
            return new CrashSign(index, user.Length > 0 ? $"user {user}" : match.Value, $"{container.Words} ends because its credentials are refused{(user.Length > 0 ? $" for user {user}" : "")}{(secrets.Count > 0 ? $"; they come from {Words.List(secrets)}" : "")}.",
                secrets.Count > 0 ? $"Put the right value into secret {Words.List(secrets)}, then restart the workload." : $"Give {container.Words} the right credentials{(user.Length > 0 ? $" for user {user}" : "")}, from a secret.") { CameWithRollout = false };
        }
        return null;
    }

    [GeneratedRegex(@"password authentication failed for user ['""]?(?<user>[\w.-]{1,63})|Access denied for user ['""]?(?<user>[\w.-]{1,63})|role ['""](?<user>[\w.-]{1,63})['""] does not exist|WRONGPASS|NOAUTH Authentication required|SASL authentication failed|[Aa]uthentication failed(?: for user ['""]?(?<user>[\w.-]{1,63}))?|Login failed for user ['""]?(?<user>[\w.-]{1,63})|ACCESS_REFUSED", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();
}
