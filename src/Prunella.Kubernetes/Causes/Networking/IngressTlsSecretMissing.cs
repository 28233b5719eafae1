using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>An ingress or gateway names a certificate's secret that does not exist.</summary>
public sealed class IngressTlsSecretMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("tls-secret-missing", "Services", CauseLayer.Root)
    {
        MayComeLater = true,
        RecognisedBy = "The secret of spec.tls of an ingress, or of a gateway's listener, is not in the namespace. Secrets' contents are never read.",
        Done = "A person creates the secret; Prunella never issues certificates.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var named = snapshot.Of("Ingress").SelectMany(ingress => ingress.Spec["tls"].Items.All().Select(tls => (Door: ingress, Secret: tls["secretName"].Text, Namespace: ingress.Namespace, Hosts: tls["hosts"].Items.All().Select(host => host.Text))))
            .Concat(snapshot.Of("Gateway").SelectMany(gateway => gateway.Spec["listeners"].Items.All().SelectMany(listener => listener["tls"]["certificateRefs"].Items.All().Select(reference => (Door: gateway, Secret: reference["name"].Text, Namespace: reference["namespace"].TextOrNull ?? gateway.Namespace, Hosts: (IEnumerable<string>)[listener["hostname"].Text])))));
        foreach (var (door, secret, @namespace, hosts) in named)
        {
            if (secret.Length == 0 || snapshot.Find("Secret", @namespace, secret) is not null || !snapshot.Knows("Secret", @namespace)) continue;
            yield return Found(door.Ref, $"secret {secret}", 0.96, Severity.Warning, $"Secret {@namespace}/{secret}, which holds the certificate for {Words.List(hosts.Where(host => host.Length > 0).DefaultIfEmpty("every host"))}, does not exist.", Observed.Object(snapshot, door, $"tls secretName: {secret}")) with
            {
                Advice = $"Create secret {secret} of type kubernetes.io/tls in namespace {@namespace}, or look at why cert-manager has not.",
            };
        }
    }
}
