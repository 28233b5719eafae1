using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Metrics;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Remediation.Playbooks;

/// <summary>Registers playbooks.</summary>
public static class PlaybookExtensions
{
    /// <summary>
    /// Adds the playbook set, as a family source too, and its diagnostician. The set is loaded when it is first asked for, against
    /// the action catalogue, so <see cref="RemediationExtensions.AddRemediation"/> is needed as well.
    /// </summary>
    /// <exception cref="PlaybookInvalidException">When the set is asked for: a playbook has errors; it carries all of them.</exception>
    public static IServiceCollection AddPlaybooks(this IServiceCollection services, PlaybookOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => Load(options, provider.GetRequiredService<ActionCatalogue>().All, [.. provider.GetServices<IMetricSource>().Select(source => source.Name)]));
        services.AddSingleton<IFamilySource>(provider => provider.GetRequiredService<PlaybookSet>());
        services.AddSingleton<PlaybookDiagnostician>();
        services.AddSingleton<IDiagnostician>(provider => provider.GetRequiredService<PlaybookDiagnostician>());
        return services;
    }

    /// <summary>Loads the shipped playbooks, unless switched off, and those configured.</summary>
    /// <param name="options">Which ones.</param>
    /// <param name="actions">The action catalogue, with the forbidden ones.</param>
    /// <param name="sources">Names of metric sources besides prometheus and datadog.</param>
    /// <exception cref="PlaybookInvalidException">A playbook has errors; it carries all of them.</exception>
    public static PlaybookSet Load(PlaybookOptions options, IReadOnlyCollection<ActionDescriptor> actions, IReadOnlyCollection<string>? sources = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(actions);
        List<PlaybookProblem> unread = [];
        List<PlaybookFile> files = [.. options.Shipped ? PlaybookFile.ShippedFiles() : [], .. PlaybookFile.Read(options.Paths, unread)];
        var known = new PlaybookLoadOptions { Actions = actions };
        var (playbooks, problems) = PlaybookLoader.Load(files, known with
        {
            Variables = options.Variables.AsReadOnly(),
            Disabled = [.. options.Disabled],
            Sources = [.. known.Sources.Union(sources ?? [], StringComparer.Ordinal)],
        });
        return unread.Count + problems.Count == 0 ? playbooks : throw new PlaybookInvalidException([.. unread, .. problems]);
    }
}
