using Prunella.Incidents;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;

namespace Prunella.Reasoning.Telling;

/// <summary>Tells incidents to people: by a model where one answers, by rules otherwise. Thread-safe.</summary>
public sealed class IncidentTeller(IReasoner reasoner)
{
    /// <summary>An incident in a few sentences.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="signals">Its newest signals.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<IncidentStory>> SummariseAsync(Incident incident, IReadOnlyList<Signal> signals, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var answer = await reasoner.AskAsync(Question<IncidentStory>(ReasoningTasks.SummariseIncident, incident, signals), cancellation).ConfigureAwait(false);
        return Told<IncidentStory>.Of(answer, BuiltInStory.Of(incident, now));
    }

    /// <summary>The write-up after an incident.</summary>
    /// <param name="incident">The incident, ended.</param>
    /// <param name="signals">Its newest signals.</param>
    /// <param name="before">Incidents of the same target before it, for what came back.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<IncidentWriteUp>> WriteUpAsync(Incident incident, IReadOnlyList<Signal> signals, IReadOnlyList<Incident> before, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var answer = await reasoner.AskAsync(Question<IncidentWriteUp>(ReasoningTasks.WriteUp, incident, signals), cancellation).ConfigureAwait(false);
        return Told<IncidentWriteUp>.Of(answer, BuiltInWriteUp.Of(incident, before));
    }

    private static ModelQuestion<T> Question<T>(string task, Incident incident, IReadOnlyList<Signal> signals) where T : class => new()
    {
        Task = task,
        Subject = incident.Id.ToString(),
        Data = IncidentFacts.Blocks(incident, signals),
        Read = AnswerForm.Read<T>,
    };
}
