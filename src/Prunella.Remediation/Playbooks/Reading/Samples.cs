using Prunella.Incidents;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Stands in for an incident while a playbook is checked, so that a rendered address can be looked at.</summary>
internal static class Samples
{
    internal static readonly TemplateValues Values = new(
        new Signal { Id = default, Source = "check", Fingerprint = "", Status = SignalStatus.Firing, Name = "Sample", StartsAt = default, ReceivedAt = default },
        new Target(Target.DefaultCluster, "sample", "Deployment", "sample"));
}
