using System.Globalization;

namespace Prunella.Kubernetes.Chaos;

/// <summary>What runs inside containers, in plain POSIX shell with head, tr, sleep and kill, which nearly every image with a shell has.</summary>
internal static class ContainerScripts
{
    // The kernel ends the largest process of a container first. Many small ones leave that to be the application itself, as if it
    // had grown; one large one would only be ended in its place.
    private const long PieceBytes = 2 << 20;
    private const int PiecesMax = 4_096;

    /// <summary>The name that our processes go by, as their last argument.</summary>
    internal static string NameOf(string id) => $"prunella-chaos-{id}";

    /// <summary>Fills memory in pieces, slowly enough to be seen, and holds it for the time given; then it ends by itself.</summary>
    internal static string Memory(string id, int workers, long bytesPerWorker, TimeSpan hold)
    {
        var pieces = Math.Clamp((long)Math.Ceiling((double)workers * bytesPerWorker / PieceBytes), 1, PiecesMax);
        var seconds = Seconds(hold);
        return string.Create(CultureInfo.InvariantCulture,
            $"command -v head >/dev/null && command -v tr >/dev/null && command -v sleep >/dev/null || exit 9; {Piece(id)}='x=$(head -c {PieceBytes} /dev/zero | tr \"\\\\0\" x); sleep {seconds}; : \"$x\"'; export {Piece(id)}; (exec sh -c 'n=0; while [ $n -lt {pieces} ]; do n=$((n+1)); sh -c \"${Piece(id)}\" {NameOf(id)} & done; wait' {NameOf(id)}) >/dev/null 2>&1 </dev/null & exit 0");
    }

    // The script of a piece is handed down in a variable: three shells deep, quoting would be past reading.
    private static string Piece(string id) => $"prunella_chaos_{id}";

    /// <summary>Burns one core for each worker for the time given.</summary>
    internal static string Cpu(string id, int workers, TimeSpan hold) => string.Create(CultureInfo.InvariantCulture,
        $"command -v sleep >/dev/null || exit 9; n=0; while [ $n -lt {workers} ]; do n=$((n+1)); (exec sh -c '(sleep {Seconds(hold)}; kill -9 $$) & while :; do :; done' {NameOf(id)}) >/dev/null 2>&1 </dev/null & done; exit 0");

    /// <summary>Ends our processes, those of that id only. Says how many.</summary>
    internal static string EndProcesses(string id) =>
        $"n=0; for p in /proc/[0-9]*; do p=${{p#/proc/}}; [ \"$p\" = $$ ] && continue; case \"$(tr '\\0' ' ' < /proc/$p/cmdline 2>/dev/null)\" in *'{NameOf(id)} ') kill -9 $p 2>/dev/null && n=$((n+1));; esac; done; echo $n";

    /// <summary>
    /// Ends the first process. The kernel gives it no signal from within that it does not handle, not even KILL, so those that
    /// applications handle are tried in turn, and then everything else in the container is ended, which few first processes survive.
    /// </summary>
    internal const string Crash = "for s in TERM QUIT INT HUP ABRT; do kill -$s 1; sleep 1; done; kill -9 -1";

    private static long Seconds(TimeSpan hold) => Math.Clamp((long)Math.Ceiling(hold.TotalSeconds), 1, 86_400);
}
