namespace Prunella.Reasoning.Telling;

/// <summary>An incident in thirty seconds. The same form from a model and from rules.</summary>
/// <param name="Headline">At most a dozen words.</param>
/// <param name="Happened">Two or three sentences.</param>
/// <param name="Now">Where it stands.</param>
/// <param name="Next">What is to be done, by whom.</param>
public sealed record IncidentStory(string Headline, string Happened, string Now, string Next);

/// <summary>The write-up after an incident. The same form from a model and from rules.</summary>
/// <param name="Title">One line.</param>
/// <param name="Impact">What was hurt, for how long.</param>
/// <param name="Cause">Why it happened.</param>
/// <param name="WentWell">What worked.</param>
/// <param name="WentBadly">What did not.</param>
/// <param name="Changes">What to change so that it does not come back.</param>
public sealed record IncidentWriteUp(string Title, string Impact, string Cause, IReadOnlyList<string> WentWell, IReadOnlyList<string> WentBadly, IReadOnlyList<ProposedChange> Changes);

/// <summary>A change small enough to be one ticket.</summary>
/// <param name="What">The ticket.</param>
/// <param name="Why">Its reason.</param>
public sealed record ProposedChange(string What, string Why);
