namespace Prunella.Sandbox.Behaviours;

/// <summary>The top owner of a pod: <c>shop/Deployment/payment</c>.</summary>
public sealed record WorkloadName(string Namespace, string Kind, string Name)
{
    public static WorkloadName Deployment(string ns, string name) => new(ns, "Deployment", name);
    public static WorkloadName StatefulSet(string ns, string name) => new(ns, "StatefulSet", name);

    public override string ToString() => $"{Namespace}/{Kind}/{Name}";
}
