namespace Prunella.Console.Parts;

/// <summary>An entry of the navigation.</summary>
/// <param name="Path">Where it leads.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Question">What the page answers.</param>
/// <param name="Key">The key after <c>g</c> that leads there.</param>
public sealed record NavItem(string Path, string Name, string Question, char Key)
{
    /// <summary>All pages, in order.</summary>
    public static IReadOnlyList<NavItem> All { get; } =
    [
        new("/", "Now", "What is happening?", 'n'),
        new("/incidents", "Incidents", "What has happened?", 'i'),
        new("/approvals", "Approvals", "What waits for me?", 'a'),
        new("/cluster", "Cluster", "How are my workloads?", 'w'),
        new("/logs", "Logs", "What do the logs say?", 'o'),
        new("/traces", "Traces", "What is slow, and why?", 'f'),
        new("/shadow", "Shadow review", "What would it have done?", 's'),
        new("/trust", "Trust", "How far is it trusted?", 't'),
        new("/ledger", "Ledger", "Can I prove it?", 'l'),
        new("/cost", "Cost", "What does it cost?", 'c'),
        new("/report", "Report", "Was it worth it?", 'r'),
    ];
}
