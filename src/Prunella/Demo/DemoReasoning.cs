using Prunella.Incidents;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Telling;
using Prunella.Remediation.Storage;

namespace Prunella.Demo;

/// <summary>What the demo tells of reasoning: who diagnosed, one incident in a few sentences, and a question to the logs.</summary>
internal static class DemoReasoning
{
    private const string Asked = "what are the most common errors";

    internal static async Task TellAsync(IServiceProvider services, Narrator narrator, IReadOnlyList<PlayedStory> played, TimeProvider time, CancellationToken cancellation)
    {
        var incidents = played.Select(story => story.Incident).OfType<Incident>().ToList();
        var known = incidents.Count(incident => incident.Diagnosis is { Cause: not Diagnosis.Unknown });
        var why = services.GetRequiredService<IReasoner>().Unavailable;
        narrator.Say(why.Length > 0
            ? $"  Models: none is configured. Prunella's built-in rules diagnosed {known} of {incidents.Count} incidents, advised on every approval, and tell this one:"
            : $"  Models: configured, and asked where the rules were unsure; {known} of {incidents.Count} incidents have a cause. One of them:");
        if ((incidents.Find(incident => incident.LastAttempt?.Approval is not null) ?? incidents.FirstOrDefault()) is not { } shown) return;
        var store = services.GetRequiredService<IRemediationStore>();
        var told = await services.GetRequiredService<IncidentTeller>().SummariseAsync(shown, await store.SignalsOfAsync(shown.Id, 20, cancellation), time.GetUtcNow(), cancellation);
        narrator.Say($"    {told.Value.Headline}. {told.Value.Happened} {told.Value.Now}");
        if (DemoLogs.Ask(services, Asked, time.GetUtcNow()) is var (question, answer)) narrator.Say($"  Asked \"{Asked}\", which is {question}, the logs answer: {answer.Summary}");
    }
}
