using System.CommandLine;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs</c>: what can be done with logs without a server.</summary>
internal static class LogCommands
{
    internal static Command Create() => new("logs", "Read any log: fields, templates, patterns. No configuration.")
    {
        ParseCommand.Create(),
        PatternsCommand.Create(),
        ClassifyCommand.Create(),
        RateCommand.Create(),
        LogArchiveCommands.Archive(),
        LogArchiveCommands.Cat(),
        LogSearchCommand.Create(),
        QueryCommand.Create(),
        SummaryCommand.Create(),
        FieldsCommand.Create(),
        LogStatsCommand.Create(),
        LogArchiveCommands.Verify(),
        LogStoreCommands.Retain(),
        LogStoreCommands.Hold(),
    };
}
