using System.CommandLine;
using System.Globalization;
using Prunella.Reasoning;

namespace Prunella.Commands.Reasoning;

/// <summary><c>prunella reasoning calibration</c>.</summary>
internal static class CalibrationCommand
{
    internal static Command Create() => new VerbCommand("calibration", "Show how often diagnoses of a stated confidence were right, as the executions that rested on them showed.")
        .Such("prunella reasoning calibration", "whether 0.8 means eight of ten")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<List<CalibrationRow>>("api/v1/reasoning/calibration", cancellation), rows =>
            {
                var table = Output.Table("decided by", "confidence", "executions", "fixed", "stated", "actual");
                foreach (var row in rows)
                    table.Row(row.By, string.Create(CultureInfo.InvariantCulture, $"{row.From:0.0}–{row.To:0.0}"), row.Executions.ToString(CultureInfo.InvariantCulture), row.Fixed.ToString(CultureInfo.InvariantCulture),
                        row.Stated.ToString("0.00", CultureInfo.InvariantCulture), row.Actual.ToString("0.00", CultureInfo.InvariantCulture));
                return table;
            });
            return ExitCode.Ok;
        });
}
