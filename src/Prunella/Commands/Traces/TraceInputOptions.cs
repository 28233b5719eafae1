using System.CommandLine;
using System.Globalization;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Tracing;
using Prunella.Integrations.Zipkin;
using Prunella.Traces.Analysis;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;
using Prunella.Traces.Sources;

namespace Prunella.Commands.Traces;

/// <summary>The options that say which traces a command reads, and how; the same for every verb.</summary>
internal sealed class TraceInputOptions
{
    internal Argument<string[]> Files { get; } = new("files") { Description = "Trace files, folders (a server's traces too) or - for standard input: Jaeger, Zipkin or OTLP, JSON or protobuf, gzip allowed.", Arity = ArgumentArity.ZeroOrMore };

    internal Option<Uri?> Jaeger { get; } = new("--jaeger") { Description = "Read from a Jaeger query service, e.g. http://localhost:16686.", HelpName = "url", CustomParser = AddressOption.Read };

    internal Option<Uri?> Zipkin { get; } = new("--zipkin") { Description = "Read from a Zipkin, e.g. http://localhost:9411.", HelpName = "url", CustomParser = AddressOption.Read };

    internal Option<string?> Service { get; } = new("--service") { Description = "Start from the first span of this service (and search by it)." };

    internal Option<string?> Operation { get; } = new("--operation") { Description = "Start from the first span of this operation." };

    internal Option<TimeSpan> MinDuration { get; } = Duration("--min-duration", "Only traces at least this long, e.g. 500ms, 1s.");

    internal Option<TimeSpan> Since { get; } = Duration("--since", "Only traces that started at most this long ago, e.g. 30m, 1h. For --jaeger and --zipkin 1h if not said.");

    internal Option<int> Limit { get; } = new("--limit") { Description = "Traces asked of --jaeger or --zipkin.", DefaultValueFactory = _ => 200 };

    internal Option<TimeSpan> AdjustSkew { get; } = Duration("--adjust-skew", "Correct clock differences between hosts up to this much, e.g. 100ms. Off if not said.");

    internal Option<CriticalPathMode> Mode { get; } = new("--mode") { Description = "Rules of the critical path: default, jaeger or crisp.", HelpName = "default|jaeger|crisp" };

    internal Option<int> Threads { get; } = new("--threads") { Description = "Threads; the output does not depend on it. One per core if not said." };

    internal Option<string> Profile { get; } = Profiles();

    internal Option<double?> Percentile { get; } = new("--percentile") { Description = "Only the traces at or above this percentile of duration, e.g. 95." };

    internal Option<int?> Slowest { get; } = new("--slowest") { Description = "Only the slowest N traces." };

    internal void AddTo(Command command, bool files = true)
    {
        if (files)
            command.Add(Files);
        foreach (Option option in (Option[])[Jaeger, Zipkin, Service, Operation, MinDuration, Since, Limit, AdjustSkew, Mode, Threads, Profile, Percentile, Slowest])
            command.Add(option);
    }

    internal AnalysisOptions Analysis(ParseResult parsed)
    {
        return new AnalysisOptions
        {
            Mode = parsed.GetValue(Mode),
            Service = parsed.GetValue(Service),
            Operation = parsed.GetValue(Operation),
            MinDuration = parsed.GetValue(MinDuration),
            Since = SinceOf(parsed),
            Detectors = parsed.GetValue(Profile) == "sentry" ? DetectorOptions.Sentry() : new DetectorOptions(),
            Repair = new RepairOptions { SkewMax = parsed.GetValue(AdjustSkew) },
        };
    }

    private DateTimeOffset? SinceOf(ParseResult parsed) => parsed.GetValue(Since) is var since && since > TimeSpan.Zero ? TimeProvider.System.GetUtcNow() - since : null;

    /// <summary>Opens the inputs a command line names.</summary>
    /// <exception cref="CommandFailedException">There are none, or a tracing system cannot be asked.</exception>
    internal async Task<TraceInputs> OpenAsync(ParseResult parsed, CancellationToken cancel) => await OpenAsync(parsed, parsed.GetValue(Files) ?? [], cancel);

    internal async Task<TraceInputs> OpenAsync(ParseResult parsed, string[] files, CancellationToken cancel)
    {
        var origins = new List<TraceOrigin>();
        var owned = new List<IDisposable>();
        foreach (var file in files)
            AddFile(origins, owned, file, SinceOf(parsed));
        try
        {
            if (parsed.GetValue(Jaeger) is { } jaeger)
                await AddJaegerAsync(parsed, jaeger, origins, owned, cancel);
            if (parsed.GetValue(Zipkin) is { } zipkin)
            {
                using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
                origins.Add(Spooled(zipkin.ToString(), await new ZipkinClient(http, new ZipkinOptions { Url = zipkin }).FindTracesAsync(Query(parsed), cancel), owned));
            }
        }
        catch (TraceBackendException failure)
        {
            throw new CommandFailedException(ExitCode.Unreachable, failure.Message);
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailedException(ExitCode.Usage, wrong.Message);
        }

        if (origins.Count == 0 && parsed.GetValue(Jaeger) is null)
            throw new CommandFailedException(ExitCode.Usage, "No traces named: give files, --jaeger URL or --zipkin URL.");
        return new TraceInputs(origins, owned);
    }

    private async Task AddJaegerAsync(ParseResult parsed, Uri url, List<TraceOrigin> origins, List<IDisposable> owned, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var client = new JaegerClient(http, new JaegerOptions { Url = url, TracesMax = 100_000 });
        // With summaries only the slow traces are sent.
        if (parsed.GetValue(Slowest) is { } slowest && parsed.GetValue(Percentile) is null && parsed.GetValue(Operation) is null
            && await client.SlowestTracesAsync(Query(parsed), slowest, cancel) is { } found)
        {
            for (var index = 0; index < found.Count; index++)
                origins.Add(Spooled(FormattableString.Invariant($"{url}#{index + 1}"), found[index], owned));
            return;
        }

        origins.Add(Spooled(url.ToString(), await client.FindTracesAsync(Query(parsed), cancel), owned));
    }

    private TraceQuery Query(ParseResult parsed)
    {
        var now = TimeProvider.System.GetUtcNow();
        var since = parsed.GetValue(Since);
        var least = parsed.GetValue(MinDuration);
        return new TraceQuery(parsed.GetValue(Service), now - (since > TimeSpan.Zero ? since : TimeSpan.FromHours(1)), now)
        {
            Operation = parsed.GetValue(Operation), MinDuration = least > TimeSpan.Zero ? least : null, Limit = parsed.GetValue(Limit),
        };
    }

    // An answer is read more than once where a command takes two passes.
    private static TraceOrigin Spooled(string name, Stream body, List<IDisposable> owned)
    {
        owned.Add(body);
        return new TraceOrigin(name, () =>
        {
            body.Position = 0;
            return new Unclosed(body);
        });
    }

    private static void AddFile(List<TraceOrigin> origins, List<IDisposable> owned, string name, DateTimeOffset? since)
    {
        if (name == "-")
        {
            var kept = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            using (var stdin = System.Console.OpenStandardInput())
                stdin.CopyTo(kept);
            origins.Add(Spooled("standard input", kept, owned));
            return;
        }

        if (Directory.Exists(name))
        {
            if (TraceStore.IsStore(name))
            {
                // One input: a trace may lie across the store's blocks.
                origins.Add(new TraceOrigin(name, () => TraceStore.OpenAll(name, since)));
                return;
            }

            foreach (var file in Directory.EnumerateFiles(name).Order(StringComparer.Ordinal))
                origins.Add(new TraceOrigin(file, () => File.OpenRead(file)));
            return;
        }

        if (!File.Exists(name))
            throw new CommandFailedException(ExitCode.Configuration, $"There is no file {name}.");
        origins.Add(new TraceOrigin(name, () => File.OpenRead(name)));
    }

    internal static Option<TimeSpan> Duration(string name, string description) => new(name)
    {
        Description = description, HelpName = "duration",
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && TryDuration(token.Value, out var time))
                return time;
            result.AddError($"{name} takes a duration such as 250us, 500ms, 1.5s, 10m, 2h or 7d.");
            return TimeSpan.Zero;
        },
    };

    internal static bool TryDuration(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        foreach (var (unit, ticks) in ((string, long)[])[("us", 10), ("µs", 10), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay)])
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal) || !double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number * ticks > TimeSpan.FromDays(36_500).Ticks)
                continue;
            time = TimeSpan.FromTicks((long)(number * ticks));
            return true;
        }

        return false;
    }

    private static Option<string> Profiles()
    {
        var option = new Option<string>("--profile") { Description = "Detector thresholds: field (default) or sentry.", DefaultValueFactory = _ => "field" };
        option.AcceptOnlyFromAmong("field", "sentry");
        return option;
    }

    private sealed class Unclosed(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
