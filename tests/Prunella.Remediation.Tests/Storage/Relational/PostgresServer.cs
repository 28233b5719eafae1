using System.Diagnostics;
using Npgsql;

namespace Prunella.Remediation.Tests.Storage.Relational;

/// <summary>
/// A PostgreSQL for tests: the one of PRUNELLA_TEST_POSTGRES, or a private cluster on a socket in a temporary folder. Each store
/// gets a database of its own.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The environment variable of the server to use instead.</summary>
    internal const string GivenVariable = "PRUNELLA_TEST_POSTGRES";

    private DirectoryInfo? folder;
    private Process? server;
    private string administration = "";
    private int databases;

    /// <summary>Why there is none; empty when there is one.</summary>
    public string Missing { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(GivenVariable) is { Length: > 0 } given)
        {
            administration = given;
            return;
        }
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(path => File.Exists(Path.Combine(path, "initdb"))).Max(StringComparer.Ordinal)
            : null;
        if (bin is null)
        {
            Missing = $"{GivenVariable} is not set and no PostgreSQL is installed in /usr/lib/postgresql.";
            return;
        }
        try
        {
            await StartAsync(bin);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or NpgsqlException or TimeoutException)
        {
            Missing = $"A private PostgreSQL could not be started: {exception.Message}";
        }
    }

    /// <summary>An empty database; skips the test when there is no server.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken cancellation)
    {
        Assert.SkipWhen(Missing.Length > 0, Missing);
        var name = $"prunella_test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync(cancellation);
        return new NpgsqlConnectionStringBuilder(administration) { Database = name }.ToString();
    }

    /// <summary>Removes a database that <see cref="NewDatabaseAsync"/> made.</summary>
    public async Task DropAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = $"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)";
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        NpgsqlConnection.ClearAllPools();
        if (server is { HasExited: false })
        {
            var pid = (await File.ReadAllLinesAsync(Path.Combine(folder!.FullName, "data", "postmaster.pid")))[0];
            // SIGINT: end sessions, write a last checkpoint, stop.
            using var stop = Process.Start("kill", ["-INT", pid]);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await server.WaitForExitAsync(patience.Token);
        }
        server?.Dispose();
        folder?.Delete(recursive: true);
    }

    private async Task StartAsync(string bin)
    {
        folder = Directory.CreateTempSubdirectory("prunella-pg-");
        // PostgreSQL refuses to run as root.
        var asRoot = Environment.UserName == "root";
        if (asRoot) await RunAsync("chown", ["postgres", folder.FullName]);
        var data = Path.Combine(folder.FullName, "data");
        await RunAsync(asRoot, Path.Combine(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "prunella", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var (file, arguments) = As(asRoot, Path.Combine(bin, "postgres"),
            ["-D", data, "-k", folder.FullName, "-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "deadlock_timeout=100ms", "-c", "max_connections=60", "-c", "fsync=off"]);
        server = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder.FullName })
            ?? throw new InvalidOperationException("postgres did not start.");
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginErrorReadLine();
        administration = $"Host={folder.FullName};Username=prunella;Database=postgres;Timeout=5;Maximum Pool Size=20";
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(administration);
                await connection.OpenAsync(CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (!server.HasExited && started.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static Task RunAsync(bool asPostgres, string file, string[] arguments)
    {
        var (runFile, runArguments) = As(asPostgres, file, arguments);
        return RunAsync(runFile, runArguments);
    }

    private static (string File, string[] Arguments) As(bool asPostgres, string file, string[] arguments) =>
        asPostgres ? ("runuser", ["-u", "postgres", "--", file, .. arguments]) : (file, arguments);

    private static async Task RunAsync(string file, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })
            ?? throw new InvalidOperationException($"{file} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {await error}");
    }
}

[CollectionDefinition("PostgreSQL")]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>;
