using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Tiketi.Pipeline.Tests.Kubernetes;

namespace Tiketi.Pipeline.Tests.Database;

/// <summary>The script that the Job runs, in a real Node.js against a real PostgreSQL.</summary>
[SupportedOSPlatform("linux")]
public sealed class MigrateScriptTests : IAsyncLifetime
{
    private const string Password = "only for this test";
    private static readonly string Script = Path.Combine(Repository.Root, "src/Tiketi.Pipeline/Database/migrate.js");
    private static readonly string Backend = Path.Combine(Repository.Root, "samples/tiketi/backend");
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Take(1)[0];
    private string _sql = "";
    private Process? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_samples_files_are_applied_in_order_once()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Backend, "../database"), "*.sql", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(_sql, Path.GetFileName(file)));
        }

        Applied(await MigrateAsync()).Should().Equal("init.sql", "001_reservation_expiry.sql", "002_payment_idempotency.sql", "003_profile_pictures.sql");
        Applied(await MigrateAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_behind_and_is_named_with_its_line()
    {
        Write("init.sql", "CREATE TABLE a (n int);");
        Write("001.sql", "CREATE TABLE b (n int);\nINSERT INTO nowhere VALUES (1);");

        var (exitCode, output) = await MigrateAsync();
        exitCode.Should().Be(1);
        output.Should().Contain("""{"applied":"init.sql""").And.Contain("001.sql:2: relation \\\"nowhere\\\" does not exist");

        Write("001.sql", "CREATE TABLE b (n int);");
        Applied(await MigrateAsync()).Should().Equal("001.sql");
    }

    [Fact]
    public async Task A_file_that_was_changed_or_removed_after_it_was_applied_is_an_error()
    {
        Write("001.sql", "CREATE TABLE a (n int);");
        Write("002.sql", "CREATE TABLE b (n int);");
        await MigrateAsync();

        Write("001.sql", "CREATE TABLE a (n bigint);");
        (await MigrateAsync()).Output.Should().Contain("001.sql was changed after it had been applied");

        Write("001.sql", "CREATE TABLE a (n int);");
        File.Delete(Path.Combine(_sql, "002.sql"));
        (await MigrateAsync()).Output.Should().Contain("missing here: 002.sql");
    }

    [Fact]
    public async Task Of_two_runs_at_once_one_works()
    {
        Write("001.sql", "SELECT pg_sleep(0.5); CREATE TABLE a (n int);");

        var runs = await Task.WhenAll(MigrateAsync(), MigrateAsync(), MigrateAsync());

        runs.Select(run => run.ExitCode).Should().AllBeEquivalentTo(0);
        runs.SelectMany(Applied).Should().Equal("001.sql");
    }

    [Fact]
    public async Task A_wrong_password_is_reported_at_once_and_not_shown()
    {
        Write("001.sql", "SELECT 1;");

        var (exitCode, output) = await MigrateAsync("wrong-password");

        exitCode.Should().Be(1);
        output.Should().Contain("password authentication failed").And.NotContain("wrong-password");
    }

    public async ValueTask InitializeAsync()
    {
        _sql = Directory.CreateDirectory(Path.Combine(_folder.Path, "sql")).FullName;
        if (!Directory.Exists(Path.Combine(Backend, "node_modules/pg")))
        {
            var (installed, output) = await RunAsync("npm", ["ci", "--omit=dev", "--prefix", Backend]);
            installed.Should().Be(0, output);
        }

        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin/";
        var data = Path.Combine(_folder.Path, "data");
        var secret = Path.Combine(_folder.Path, "password");
        await File.WriteAllTextAsync(secret, Password, Token);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        (await RunAsync(As, [.. AsArguments, bin + "initdb", "-D", data, "-U", "tiketi", "-A", "scram-sha-256", $"--pwfile={secret}", "-N"])).ExitCode.Should().Be(0);
        _server = Start(As, [.. AsArguments, bin + "postgres", "-D", data, "-p", $"{_port}", "-k", _folder.Path, "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _folder.Dispose();
    }

    // PostgreSQL refuses to run as root; its Debian package brings a user for it.
    private static string As => Environment.UserName == "root" ? "setpriv" : "env";

    private static string[] AsArguments => Environment.UserName == "root" ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    private void Write(string name, string sql) => File.WriteAllText(Path.Combine(_sql, name), sql);

    private static IReadOnlyList<string> Applied((int ExitCode, string Output) run)
    {
        run.ExitCode.Should().Be(0, run.Output);
        return [.. run.Output.Split('\n').Where(line => line.Contains("applied", StringComparison.Ordinal)).Select(line => line.Split('"')[3])];
    }

    private Task<(int ExitCode, string Output)> MigrateAsync(string password = Password) => RunAsync("node", [Script, _sql], new()
    {
        ["NODE_PATH"] = Path.Combine(Backend, "node_modules"),
        ["DB_HOST"] = "127.0.0.1",
        ["DB_PORT"] = $"{_port}",
        ["DB_NAME"] = "postgres",
        ["DB_USER"] = "tiketi",
        ["DB_PASSWORD"] = password,
    });

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        using var process = Start(program, arguments, environment);
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, string.Concat(await output));
    }

    private static Process Start(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/tmp" };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
