using System.CommandLine;
using System.Globalization;
using Prunella.Api;

namespace Prunella.Commands.Status;

/// <summary><c>prunella status</c> and <c>prunella version</c>.</summary>
internal static class StatusCommands
{
    internal static Command Status() => new VerbCommand("status", "The server at a glance.").Such("prunella status", "is it well, and does anything wait for me")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<StatusView>("api/v1/status", cancellation), status =>
            {
                var table = Output.Table("", "");
                table.ShowHeaders = false;
                table.Row("version", status.Version);
                table.Row("you", $"{status.You} ({status.Role})");
                table.Row("ready", status.Ready ? "yes" : "no; /readyz says why");
                table.Row("stage", status.Stage);
                table.Row("kill switch", status.KillSwitch ? "ON" : "off");
                table.Row("open incidents", status.OpenIncidents.ToString(CultureInfo.InvariantCulture));
                table.Row("waiting approvals", status.WaitingApprovals.ToString(CultureInfo.InvariantCulture));
                table.Row("open breakers", status.OpenBreakers.ToString(CultureInfo.InvariantCulture));
                table.Row("pending signals", status.PendingSignals.ToString(CultureInfo.InvariantCulture));
                if (status.Lease is { } lease) table.Row("lease", lease.Holder.Length > 0 ? $"{lease.State}, held by {lease.Holder}" : lease.State);
                return table;
            });
            return ExitCode.Ok;
        });

    internal static Command Version()
    {
        var command = new VerbCommand("version", "The version of this program.").Such("prunella version", "what you run");
        command.Does((parsed, _) =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(StatusEndpoints.Version);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
