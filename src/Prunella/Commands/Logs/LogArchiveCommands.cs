using System.CommandLine;
using System.Globalization;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs archive</c>, <c>cat</c> and <c>verify</c>: logs kept losslessly, small and searchable.</summary>
internal static class LogArchiveCommands
{
    internal static Argument<string> ArchiveArgument() => new("archive") { Description = "An archive that 'logs archive' wrote." };

    internal static Command Archive()
    {
        var files = new Argument<string[]>("files") { Description = "Files, folders, patterns; - is standard input. Gzip and zstd are decompressed.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "The archive.", HelpName = "FILE", Required = true };
        var append = new Option<bool>("--append") { Description = "Append to an archive; a torn tail of a crash is cut off first." };
        var tier = new Option<ArchiveTier>("--tier") { Description = "hot: written and read fast. cold: smaller, several times slower to write." };
        var year = new Option<int?>("--year") { Description = "Year of timestamps that do not write one (default: the latest that puts them not in the future)." };
        var summaries = new Option<bool>("--summaries") { Description = "Write counts, rates, quantiles and top values by template beside it, as JSON lines. What is appended is summarised where the rest was." };
        var key = ArchiveKey.Option();
        var classes = LogOptions.Classes();
        var command = new VerbCommand("archive", "Keep logs byte for byte, in a fraction of the space, searchable.") { files, output, append, tier, year, summaries, key, classes }
            .Such("prunella logs archive app.log -o app.parc", "archives a file")
            .Such("prunella logs archive /var/log/app/*.log.gz -o year.parc --tier cold", "decompresses, archives, makes it as small as it gets")
            .Such("prunella logs archive today.log -o app.parc --append --key-file key", "appends, encrypted with AES-256-GCM");
        command.SetAction(parsed => LogInputs.Guard(parsed, () =>
        {
            var path = parsed.GetRequiredValue(output);
            var appended = parsed.GetValue(append) && File.Exists(path);
            var summarised = File.Exists(BlockSummary.PathOf(path));
            if (appended && parsed.GetValue(summaries) && !summarised)
            {
                throw new FormatException($"{path} was written without --summaries: those of what is appended would be taken for the whole.");
            }

            var options = new ArchiveOptions
            {
                Tier = parsed.GetValue(tier), Key = ArchiveKey.Read(parsed.GetValue(key)), Year = parsed.GetValue(year), Summaries = parsed.GetValue(summaries) || (appended && summarised),
            };
            if (options is { Key: not null, Summaries: true })
            {
                throw new FormatException("--summaries and --key-file exclude each other: summaries hold values in the clear.");
            }

            var overrides = ClassOverrides.Load(parsed.GetRequiredValue(classes));
            long cut = 0;
            using var writer = appended ? ArchiveWriter.Append(path, options, overrides, out cut) : ArchiveWriter.Create(path, options, overrides);
            if (cut > 0)
            {
                parsed.Say($"{path}: {cut} bytes of an unfinished block were cut off.");
            }

            var before = writer.BytesOut;
            var whole = Copy(parsed, LogFile.Expand(parsed.GetRequiredValue(files)), writer);
            writer.Flush();
            var added = writer.BytesOut - before;
            parsed.Say(string.Create(CultureInfo.InvariantCulture, $"{writer.BytesIn:N0} bytes in {writer.Blocks:N0} {(writer.Blocks == 1 ? "block" : "blocks")} are {added:N0} bytes: {(double)writer.BytesIn / Math.Max(1, added):F1} to 1."));
            return (int)(whole ? ExitCode.Ok : ExitCode.No);
        }));
        return command;
    }

    internal static Command Cat()
    {
        var archive = ArchiveArgument();
        var key = ArchiveKey.Option();
        var command = new VerbCommand("cat", "Write what was archived to standard output, byte for byte.") { archive, key }
            .Such("prunella logs cat app.parc > app.log", "the log as it was");
        command.SetAction(parsed => Reading(parsed, () =>
        {
            var path = ArchiveNames.One(parsed.GetRequiredValue(archive));
            using var reader = ArchiveNames.Open(path, parsed.GetValue(key));
            using (var stdout = ByteOutput.Open(parsed))
            {
                reader.CopyTo(stdout);
            }

            return Incomplete(parsed, reader);
        }));
        return command;
    }

    internal static Command Verify()
    {
        var archive = ArchiveArgument();
        var key = ArchiveKey.Option();
        var command = new VerbCommand("verify", "Check every checksum and rebuild every line. Exit code 1 when something is wrong.") { archive, key }
            .Such("prunella logs verify app.parc", "says what is whole and what is not")
            .Such("prunella logs verify /var/lib/prunella/logs", "the same of every archive of a server");
        command.SetAction(parsed => Reading(parsed, () =>
        {
            var paths = ArchiveNames.All(parsed.GetRequiredValue(archive));
            var isWhole = true;
            foreach (var path in paths)
            {
                var report = ArchiveVerification.Verify(path, ArchiveKey.Of(path, parsed.GetValue(key)));
                var name = paths.Count > 1 ? Path.GetFileName(path) + ": " : "";
                foreach (var damage in report.Damage)
                {
                    parsed.Say(string.Create(CultureInfo.InvariantCulture, $"{name}at byte {damage.Offset}: {damage.What}"));
                }

                parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}{(report.IsWhole ? "whole" : "damaged")}: {report.Blocks:N0} {(report.Blocks == 1 ? "block" : "blocks")}, {report.Lines:N0} {(report.Lines == 1 ? "line" : "lines")}, {report.Bytes:N0} bytes"));
                isWhole &= report.IsWhole;
            }

            return isWhole ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }

    /// <summary>Runs a command that reads an archive; damage is said, and is exit code 1.</summary>
    internal static int Reading(ParseResult parsed, Func<ExitCode> run) => LogInputs.Guard(parsed, () =>
    {
        try
        {
            return (int)run();
        }
        catch (InvalidDataException e)
        {
            parsed.Say(e.Message);
            return (int)ExitCode.No;
        }
    });

    /// <summary>Says what of an archive could not be read.</summary>
    internal static ExitCode Incomplete(ParseResult parsed, ArchiveReader reader)
    {
        foreach (var damage in reader.Damage)
        {
            parsed.Say(damage.What);
        }

        if (reader.WholeBytes < reader.Length)
        {
            parsed.Say($"The last {reader.Length - reader.WholeBytes} bytes are no whole block; 'logs archive --append' cuts them off.");
        }

        return reader.Damage.Count > 0 || reader.WholeBytes < reader.Length ? ExitCode.No : ExitCode.Ok;
    }

    /// <summary>Archives inputs; false when one was damaged.</summary>
    internal static bool Copy(ParseResult parsed, IReadOnlyList<string> paths, ArchiveWriter writer)
    {
        var buffer = new byte[1 << 18];
        var whole = true;
        foreach (var path in paths)
        {
            using var stream = path == "-" ? System.Console.OpenStandardInput() : LogFile.Open(path);
            writer.BeginSource(path);
            try
            {
                for (int read; (read = stream.Read(buffer)) > 0;)
                {
                    writer.Write(buffer.AsSpan(0, read));
                }
            }
            catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
            {
                parsed.Say($"{path}: damaged, archived as far as it could be read: {e.Message}");
                whole = false;
            }
        }

        return whole;
    }
}
