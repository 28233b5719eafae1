using System.Globalization;
using Npgsql;
using Prunella.Incidents.Actions;
using Prunella.Integrations.Postgres;
using Prunella.Integrations.Tests.Processes;

namespace Prunella.Integrations.Tests.Postgres;

/// <summary>One PostgreSQL cluster for the tests of this folder, run by an unprivileged user.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private ServerProcess? process;

    internal string? Missing { get; private set; } = "initdb or postgres is not installed";

    internal string Admin { get; private set; } = "";

    internal string Prunella => Admin.Replace("Username=postgres", "Username=prunella", StringComparison.Ordinal);

    internal string Shop => Admin.Replace("Username=postgres", "Username=shop", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        string[] places = [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];
        if (ServerProcess.Find("initdb", places) is not { } initdb || ServerProcess.Find("postgres", places) is not { } postgres) return;
        var directory = ServerProcess.NewDirectory();
        var port = ServerProcess.FreePort();
        string[] run = [];
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            if (ServerProcess.Find("runuser") is null || !(await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)))
            {
                Directory.Delete(directory);
                Missing = "root cannot run PostgreSQL, and there is no user postgres";
                return;
            }
            run = ["runuser", "-u", "postgres", "--"];
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        }
        var data = Path.Combine(directory, "data");
        string[] create = [.. run, File.ResolveLinkTarget(initdb, true)?.FullName ?? initdb, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"];
        using (var init = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(create[0], create[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory })!)
        {
            await init.StandardOutput.ReadToEndAsync();
            await init.WaitForExitAsync();
            if (init.ExitCode != 0) throw new InvalidOperationException(await init.StandardError.ReadToEndAsync());
        }
        string[] start = [.. run, postgres, "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={directory}", "-c", "fsync=off"];
        process = ServerProcess.Start(start[0], directory, start[1..]);
        Admin = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false;Timeout=30;Command Timeout=60";
        await process.UntilAsync(async cancellation =>
        {
            try
            {
                await SqlAsync("create role shop login; create role other login; create role prunella login in role pg_signal_backend, pg_read_all_stats; create role reader login in role pg_read_all_stats; create role blind login; create role boss login superuser");
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, CancellationToken.None);
        Missing = null;
    }

    public ValueTask DisposeAsync()
    {
        process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Admin);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

public sealed class PostgresPoolDriverTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotate_EndsIdleBackendsOfTheApplicationAndNobodyElse()
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        await using var idle = await OpenAsync("shop", "api-one");
        await using var inTransaction = await OpenAsync("shop", "api-one");
        await ExecuteAsync(inTransaction, "begin; select 1");
        await using var working = await OpenAsync("shop", "api-one");
        var work = ExecuteAsync(working, "select pg_sleep(600)");
        await using var otherApplication = await OpenAsync("shop", "batch");
        await using var superuser = await OpenAsync("boss", "api-one");
        await using var otherUser = await OpenAsync("other", "api-one");
        await UntilActiveAsync("api-one");
        var driver = Driver("api-one");

        var plan = await PlanWhenIdleAsync(driver, 2);
        plan.Blockers.ShouldBeEmpty();
        plan.Diff.ShouldStartWith("end 2 of 3 backends of pool shop; the server has ");
        plan.Diff.ShouldContain("of shop (api-one), idle in transaction for ");
        plan.PodsAffected.ShouldBe(0);
        (await driver.ObserveAsync(plan, Proposals.Execution(1), Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);

        (await driver.ExecuteAsync(plan, Proposals.Execution(1), Cancellation)).ShouldBe(new Effect(EffectKind.Applied, "ended 2 of 2 planned backends of shop"));
        await AliveAsync(idle, false);
        await AliveAsync(inTransaction, false);
        await AliveAsync(otherApplication, true);
        await AliveAsync(superuser, true);
        await AliveAsync(otherUser, true);
        work.IsCompleted.ShouldBeFalse();
        await GoneAsync(driver, plan);
        (await driver.ExecuteAsync(plan, Proposals.Execution(2), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
        await ExecuteAsync(superuser, "select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' and application_name = 'api-one' and pid <> pg_backend_pid()");
        await Should.ThrowAsync<NpgsqlException>(() => work);
    }

    [Fact]
    public async Task Execute_ABackendThatBeganToWork_IsLeftAlone()
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        await using var connection = await OpenAsync("shop", "api-two");
        var driver = Driver("api-two");
        var plan = await PlanWhenIdleAsync(driver, 1);
        var work = ExecuteAsync(connection, "select pg_sleep(600)");
        await UntilActiveAsync("api-two");
        (await driver.ExecuteAsync(plan, Proposals.Execution(3), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
        work.IsCompleted.ShouldBeFalse();
        await using var admin = await OpenAsync("boss", "admin");
        await ExecuteAsync(admin, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'api-two'");
        await Should.ThrowAsync<NpgsqlException>(() => work);
    }

    [Fact]
    public async Task Execute_WithoutThePrivilege_IsRejected()
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        await using var connection = await OpenAsync("shop", "api-three");
        var plan = await PlanWhenIdleAsync(Driver("api-three"), 1);
        var reader = Driver("api-three", server.Admin.Replace("Username=postgres", "Username=reader", StringComparison.Ordinal));
        var effect = await reader.ExecuteAsync(plan, Proposals.Execution(4), Cancellation);
        effect.Kind.ShouldBe(EffectKind.Rejected, effect.Text);
        effect.Text.ShouldContain("42501");
        var blind = Driver("api-three", server.Admin.Replace("Username=postgres", "Username=blind", StringComparison.Ordinal));
        (await blind.PlanAsync(plan.Proposal, Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain("grant it pg_read_all_stats");
        await AliveAsync(connection, true);
    }

    [Theory]
    [InlineData("idle-longer-than", "1s", "less than the configured")]
    [InlineData("application", "x' or '1'='1", "is not the configured 'api-four'")]
    [InlineData("pool", "elsewhere", "configured are shop")]
    public async Task Plan_BeyondTheConfiguredBounds_IsBlocked(string name, string value, string blocker)
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        (await Driver("api-four", idle: TimeSpan.FromMinutes(5)).PlanAsync(Proposals.Of("rotate-connection-pool", "api", ("method", "postgres"), (name, value)), Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain(blocker);
    }

    [Fact]
    public async Task Plan_ADatabaseThatIsAway_Fails()
    {
        var driver = Driver("x", "Host=127.0.0.1;Port=1;Username=x;Timeout=1");
        await Should.ThrowAsync<ActionFailedException>(() => driver.PlanAsync(Proposals.Of("rotate-connection-pool", "api", ("method", "postgres")), Cancellation));
    }

    [Fact]
    public void Options_WithoutAnyBound_AreRefused()
    {
        var problems = new PostgresPoolsOptions { Pools = { ["shop"] = new PostgresPoolOptions { ConnectionString = "nonsense" } } }.Problems();
        problems.Count.ShouldBe(2);
        problems.ShouldContain(problem => problem.Contains("give at least one"));
    }

    /// <summary>The configured bound is at least 30 s; a test takes a shorter one past the validation.</summary>
    private PostgresPoolDriver Driver(string application, string? connection = null, TimeSpan? idle = null)
    {
        var pool = new PostgresPoolOptions { ConnectionString = connection ?? server.Prunella, Application = application, User = "shop", Timeout = TimeSpan.FromSeconds(60) };
        if (connection is not null) pool.ConnectionString = connection;
        var driver = new PostgresPoolDriver(new PostgresPoolsOptions { Pools = { ["shop"] = pool } });
        pool.IdleLongerThan = idle ?? TimeSpan.FromMilliseconds(50);
        return driver;
    }

    private static async Task<ActionPlan> PlanWhenIdleAsync(PostgresPoolDriver driver, int backends)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var plan = await driver.PlanAsync(Proposals.Of("rotate-connection-pool", "api", ("method", "postgres")), limit.Token);
            if (plan.Objects.Count == backends + 1) return plan.Stored();
        }
    }

    private static async Task GoneAsync(PostgresPoolDriver driver, ActionPlan plan)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await driver.ObserveAsync(plan, Proposals.Execution(1), limit.Token)).Kind != ObservationKind.Applied) limit.Token.ThrowIfCancellationRequested();
    }

    private async Task UntilActiveAsync(string application)
    {
        await using var admin = new NpgsqlConnection(server.Admin);
        await admin.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity where state = 'active' and application_name = @application", admin);
        command.Parameters.AddWithValue("application", application);
        while ((long)(await command.ExecuteScalarAsync(Cancellation))! == 0) Cancellation.ThrowIfCancellationRequested();
    }

    private async Task<NpgsqlConnection> OpenAsync(string user, string application)
    {
        var connection = new NpgsqlConnection($"{server.Admin.Replace("Username=postgres", $"Username={user}", StringComparison.Ordinal)};Application Name={application}");
        await connection.OpenAsync(Cancellation);
        await ExecuteAsync(connection, "select 1");
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task AliveAsync(NpgsqlConnection connection, bool alive)
    {
        if (alive) await ExecuteAsync(connection, "select 1");
        else await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(connection, "select 1"));
    }
}
