namespace Prunella.Commands;

/// <summary>What every command's exit code means; <c>docs/cli.md</c> prints this table.</summary>
internal enum ExitCode
{
    /// <summary>Done, and the answer is yes.</summary>
    Ok = 0,

    /// <summary>Done, and the answer is no: the ledger is broken, a playbook has errors, the demo's outcome was not the expected one.</summary>
    No = 1,

    /// <summary>The command line was not understood.</summary>
    Usage = 2,

    /// <summary>The configuration has faults, or a file cannot be read.</summary>
    Configuration = 3,

    /// <summary>The server cannot be reached, or answers that it is not ready.</summary>
    Unreachable = 4,

    /// <summary>No token, a token that does not hold, or a role that does not suffice.</summary>
    NotEntitled = 5,

    /// <summary>There is no such thing.</summary>
    NotFound = 6,

    /// <summary>Somebody or the time was first: already decided, expired, changed meanwhile.</summary>
    Conflict = 7,

    /// <summary>Something broke that should not; the message says what.</summary>
    Broken = 70,

    /// <summary>Interrupted by the user.</summary>
    Interrupted = 130,
}
