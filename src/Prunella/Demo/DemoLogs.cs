using System.Globalization;
using Microsoft.Extensions.Options;
using Prunella.Incidents;
using Prunella.Logs;
using Prunella.Logs.Pipeline;

namespace Prunella.Demo;

/// <summary>What the demo tells of the logs: a line a story where they say something, and the sum at the end.</summary>
internal static class DemoLogs
{
    /// <summary>Whether a fact is a pattern that tells of trouble; that a server started does not.</summary>
    internal static bool IsTelling(Evidence fact) =>
        fact.Source == LogEvidence.Source && (fact.Text.Contains("error", StringComparison.OrdinalIgnoreCase) || fact.Text.Contains("fatal", StringComparison.OrdinalIgnoreCase));

    /// <summary>Tells how much came, what it was made of, and what keeping it costs.</summary>
    internal static void Tell(IServiceProvider services, Narrator narrator)
    {
        if (services.GetService<LogPipeline>() is not { Archived: > 0 } pipeline) return;
        var folder = Path.Combine(services.GetRequiredService<IOptions<LogIngestOptions>>().Value.Folder, "archive");
        var stored = Directory.EnumerateFiles(folder, "*.parc").Sum(static path => new FileInfo(path).Length);
        var (all, indexed) = pipeline.Bytes;
        narrator.Say(string.Create(CultureInfo.InvariantCulture,
            $"  The containers wrote {pipeline.Archived:N0} lines of {pipeline.Templates} patterns, {all:N0} bytes: kept byte for byte in {stored:N0}; an index of what matters and a tenth of the rest takes {indexed:N0}, {1 - ((double)indexed / all):P0} less."));
    }
}
