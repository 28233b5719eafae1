using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Behaviours;

/// <summary>
/// Busybox: runs the few commands tests are written with. Commands are separated by <c>;</c>, newline, <c>&amp;&amp;</c> or <c>||</c>:
/// echo, sleep, exit, true, false, touch, rm, cat, test, kill, and <c>tail /dev/zero</c>, which eats memory. <c>while true; do …; done</c> loops.
/// </summary>
public sealed class ShellBehaviour : IImageBehaviour
{
    public static readonly ShellBehaviour Instance = new();

    private ShellBehaviour() { }

    /// <inheritdoc/>
    public IContainerProcess Start(ContainerStart start)
    {
        string[] words = [.. start.Command, .. start.Arguments];
        if (words.Length == 0) words = ["sh"];
        var shell = words is ["sh" or "/bin/sh" or "ash" or "/bin/ash", "-c", ..] || words is ["sh" or "/bin/sh", "-ec" or "-xc", ..];
        // Without a terminal, a bare shell reads end of file and ends.
        var script = shell ? words.ElementAtOrDefault(2) ?? "" : words is ["sh" or "/bin/sh"] ? "exit 0" : string.Join(' ', words.Select(Quote));
        return new ShellProcess(start, ShellScript.Parse(script));
    }

    private static string Quote(string word) => word.Contains(' ') || word.Contains(';') ? "'" + word + "'" : word;

    /// <summary>Whether the container runtime finds the command at all.</summary>
    internal static bool CanRun(string command) => ShellScript.Known.Contains(command[(command.LastIndexOf('/') + 1)..]);
}

/// <summary>One command, with how it hangs on the one before it.</summary>
internal readonly record struct ShellCommand(string[] Words, char Joint);

/// <summary>A script cut into commands; a <c>while true</c> body repeats.</summary>
internal sealed record ShellScript(IReadOnlyList<ShellCommand> Head, IReadOnlyList<ShellCommand> Loop, IReadOnlyList<ShellCommand> Trap)
{
    public static readonly HashSet<string> Known =
        ["sh", "ash", "echo", "printf", "sleep", "exit", "true", "false", "touch", "rm", "cat", "test", "[", "kill", "tail", "ls", "date", "env", "trap", "wait", "set", "httpd", "nc", "head", "dd", "yes", "mkdir", "hostname"];

    public static ShellScript Parse(string script)
    {
        var at = script.IndexOf("while true; do", StringComparison.Ordinal);
        if (at < 0) at = script.IndexOf("while :; do", StringComparison.Ordinal);
        if (at < 0) return new ShellScript(Commands(script), [], []);
        var body = script[(script.IndexOf(" do", at, StringComparison.Ordinal) + 3)..];
        var done = body.LastIndexOf("done", StringComparison.Ordinal);
        return new ShellScript(Commands(script[..at]), Commands(done >= 0 ? body[..done] : body), []);
    }

    private static List<ShellCommand> Commands(string script)
    {
        var commands = new List<ShellCommand>();
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var joint = ';';
        var quoted = false;
        void EndWord()
        {
            if (word.Length > 0 || quoted) words.Add(word.ToString());
            word.Clear();
            quoted = false;
        }

        void EndCommand(char next)
        {
            EndWord();
            if (words.Count > 0) commands.Add(new ShellCommand([.. words], joint));
            words.Clear();
            joint = next;
        }

        for (var index = 0; index < script.Length; index++)
        {
            var c = script[index];
            if (quote != 0)
            {
                if (c == quote) quote = '\0';
                else word.Append(c);
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                quoted = true;
            }
            else if (c is ';' or '\n') EndCommand(';');
            else if (c == '&' && index + 1 < script.Length && script[index + 1] == '&')
            {
                index++;
                EndCommand('&');
            }
            else if (c == '|' && index + 1 < script.Length && script[index + 1] == '|')
            {
                index++;
                EndCommand('|');
            }
            else if (c == '&') EndCommand(';');
            else if (c is ' ' or '\t') EndWord();
            else word.Append(c);
        }

        EndCommand(';');
        return commands;
    }
}

/// <summary>Runs a script on simulated time.</summary>
internal sealed class ShellProcess(ContainerStart start, ShellScript script) : IContainerProcess
{
    // A loop without a sleep would never yield; real ones are limited by the CPU, this one by a thousand commands a step.
    private const int CommandsPerStepMax = 1_000;
    private const double HogBytesPerSecond = 200e6; // what busybox tail reaches on one core
    private readonly HashSet<string> files = new(StringComparer.Ordinal);
    private int position;
    private int last;
    private DateTimeOffset sleepingUntil = start.StartedAt;
    private DateTimeOffset? hoggingSince;
    private bool forever;

    public ProcessStep Advance(DateTimeOffset now, Action<DateTimeOffset, string> log)
    {
        for (var count = 0; count < CommandsPerStepMax; count++)
        {
            if (forever || hoggingSince is not null) return new ProcessStep(null, null);
            if (sleepingUntil > now) return new ProcessStep(null, sleepingUntil);
            if (Next() is not { } command) return new ProcessStep(last, null);
            if ((command.Joint == '&' && last != 0) || (command.Joint == '|' && last == 0)) continue;
            var moment = sleepingUntil > start.StartedAt ? sleepingUntil : now;
            if (Run(command.Words, moment, log) is { } exit) return new ProcessStep(exit, null);
        }

        return new ProcessStep(null, now.AddMilliseconds(10));
    }

    private ShellCommand? Next()
    {
        var at = position++;
        if (at < script.Head.Count) return script.Head[at];
        return script.Loop.Count == 0 ? null : script.Loop[(at - script.Head.Count) % script.Loop.Count];
    }

    private int? Run(string[] words, DateTimeOffset now, Action<DateTimeOffset, string> log)
    {
        words = [.. words.Select(Expand)];
        last = 0;
        switch (words[0][(words[0].LastIndexOf('/') + 1)..])
        {
            case "echo" or "printf":
                Echo(words, now, log);
                return null;
            case "sleep":
                if (words.ElementAtOrDefault(1) is "infinity" or "inf") forever = true;
                else sleepingUntil = now + Duration(words.ElementAtOrDefault(1));
                return null;
            case "exit": return words.Length > 1 && int.TryParse(words[1], out var code) ? code & 0xFF : last;
            case "false":
                last = 1;
                return null;
            case "touch":
                files.UnionWith(words.Skip(1));
                return null;
            case "rm":
                files.ExceptWith(words.Skip(1));
                return null;
            case "cat" or "ls":
                last = Missing(words[1..], log, now, words[0]) ? 1 : 0;
                return null;
            case "test" or "[":
                last = words.Length > 2 && files.Contains(words[2]) ? 0 : 1;
                return null;
            case "kill": return words.Contains("-9") ? 137 : 143;
            case "tail" or "head" or "yes" or "dd" when words.Any(word => word.Contains("/dev/zero", StringComparison.Ordinal)):
                hoggingSince = now;
                return null;
            case "tail" or "httpd" or "nc" or "wait" or "sh":
                forever = true;
                return null;
            case "true" or "trap" or "set" or "date" or "env" or "mkdir" or "hostname" or ":": return null;
            default:
                log(now, $"sh: {words[0]}: not found");
                last = 127;
                return null;
        }
    }

    private void Echo(string[] words, DateTimeOffset now, Action<DateTimeOffset, string> log)
    {
        var redirect = Array.FindIndex(words, word => word.StartsWith('>'));
        if (redirect > 0)
        {
            var target = words[redirect].TrimStart('>') is { Length: > 0 } attached ? attached : words.ElementAtOrDefault(redirect + 1) ?? "";
            if (!target.StartsWith('&'))
            {
                files.Add(target);
                if (target != "/dev/termination-log") return;
            }

            words = words[..redirect];
        }

        log(now, string.Join(' ', words.Skip(words.ElementAtOrDefault(1) == "-n" ? 2 : 1)));
    }

    private bool Missing(string[] paths, Action<DateTimeOffset, string> log, DateTimeOffset now, string command)
    {
        foreach (var path in paths)
        {
            if (files.Contains(path)) continue;
            log(now, $"{command}: can't open '{path}': No such file or directory");
            return true;
        }

        return false;
    }

    private string Expand(string word)
    {
        if (!word.Contains('$')) return word;
        foreach (var (name, value) in start.Environment.OrderByDescending(pair => pair.Key.Length))
        {
            word = word.Replace("${" + name + "}", value, StringComparison.Ordinal).Replace("$" + name, value, StringComparison.Ordinal);
        }

        return word;
    }

    private static TimeSpan Duration(string? text)
    {
        if (string.IsNullOrEmpty(text)) return TimeSpan.Zero;
        var factor = text[^1] switch { 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 1 };
        return double.TryParse(text.TrimEnd('s', 'm', 'h', 'd'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds * factor, 0, 1e9)) : TimeSpan.Zero;
    }

    public string? Probe(JsonObject probe, string kind, DateTimeOffset now)
    {
        if (probe.Map("exec") is { } exec)
        {
            var words = exec.Texts("command").ToArray();
            if (words is ["sh" or "/bin/sh", "-c", var inner, ..]) words = inner.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words switch
            {
                [] or ["true", ..] or ["/bin/true", ..] => null,
                ["false", ..] or ["/bin/false", ..] => "",
                ["exit", "0"] => null,
                ["exit", ..] => "",
                ["cat" or "ls", .. var paths] => paths.All(files.Contains) ? null : $"{words[0]}: can't open '{paths.First(path => !files.Contains(path))}': No such file or directory\n",
                ["test" or "[", "-f" or "-e", var path, ..] => files.Contains(path) ? null : "",
                _ => ShellBehaviour.CanRun(words[0]) ? null : $"OCI runtime exec failed: exec failed: unable to start container process: exec: \"{words[0]}\": executable file not found in $PATH: unknown",
            };
        }

        // Nothing listens in a plain script.
        return probe.Map("httpGet") is { } http
            ? $"Get \"http://127.0.0.1:{http["port"]}{http.Text("path")}\": dial tcp 127.0.0.1:{http["port"]}: connect: connection refused"
            : $"dial tcp 127.0.0.1:{probe.At("tcpSocket", "port")}: connect: connection refused";
    }

    public ContainerUsage Usage(DateTimeOffset now) => new()
    {
        MemoryBytes = (1L << 20) + (hoggingSince is { } since ? (long)(HogBytesPerSecond * Math.Max(0, (now - since).TotalSeconds)) : 0),
        CpuDemandCores = hoggingSince is null ? 0.001 : 1,
    };

    // As process 1 without a handler a shell or sleep ignores SIGTERM and is killed at the end of its grace.
    public (TimeSpan Takes, int ExitCode) Terminate(DateTimeOffset now) => (TimeSpan.MaxValue, 137);

    public ProcessAnswer? Handle(string method, string path, DateTimeOffset now) => null;
}
