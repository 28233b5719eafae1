namespace Prunella.Remediation.Approvals;

/// <summary>What a person may do; each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Also approves and rejects.</summary>
    Approver,

    /// <summary>Also reports incidents, turns the kill switch, resets breakers, sets stages.</summary>
    Operator,

    /// <summary>Also manages tokens.</summary>
    Admin,
}

/// <summary>An authenticated person. Never the system itself.</summary>
/// <param name="Name">A stable name, as the ledger shows it.</param>
/// <param name="Role">What they may do.</param>
public sealed record Person(string Name, Role Role)
{
    /// <summary>Throws unless the role suffices.</summary>
    /// <exception cref="NotEntitledException">It does not.</exception>
    public void Demand(Role least, string what)
    {
        if (Role < least || string.IsNullOrWhiteSpace(Name) || Name.Trim().Equals(Judging.Gate.SystemActor, StringComparison.OrdinalIgnoreCase))
            throw new NotEntitledException(this, least, what);
    }
}

/// <summary>Someone tried what their role does not allow. Nothing was changed.</summary>
public sealed class NotEntitledException(Person person, Role least, string what)
    : Exception($"{person?.Name} ({person?.Role}) may not {what}; that takes the role {least}.")
{
    /// <summary>The role that it takes.</summary>
    public Role Least { get; } = least;
}
