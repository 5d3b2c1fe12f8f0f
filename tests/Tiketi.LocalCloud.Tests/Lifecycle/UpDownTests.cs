using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Tests.Lifecycle;

/// <summary>The program itself against the machine's engine. The first run on an engine bootstraps base images, where none can be pulled.</summary>
public sealed class UpDownTests : IAsyncLifetime
{
    private readonly LocalCloudProgram _cloud = new();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || File.Exists("/var/run/docker.sock"), "No Docker engine");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Up_StartsOnce_AndDownStops()
    {
        var first = await _cloud.UpAsync();
        first.ExitCode.Should().Be(0, first.Errors);
        var pid = (int)first.Json["pid"]!;
        (await HealthAsync(first.Json)).Should().Be("ok");

        var second = await _cloud.RunAsync("up", "--state", _cloud.State, "--json");
        ((int)second.Json["pid"]!).Should().Be(pid);
        ((bool)second.Json["started"]!).Should().BeFalse();
        ((string)second.Json["endpoints"]!["aws"]!).Should().Be($"http://127.0.0.1:{_cloud.Ports[0]}", "ports are remembered");

        var status = (await _cloud.RunAsync("status", "--state", _cloud.State, "--json")).Json;
        ((string)status["state"]!).Should().Be("running");

        var down = await _cloud.RunAsync("down", "--state", _cloud.State, "--json");
        ((bool)down.Json["serverStopped"]!).Should().BeTrue();
        Posix.IsAlive(pid).Should().BeFalse();
        ((string)(await _cloud.RunAsync("status", "--state", _cloud.State, "--json")).Json["state"]!).Should().Be("stopped");
    }

    [Fact]
    public async Task Up_RecoversFromAKilledServer()
    {
        var first = (await _cloud.UpAsync()).Json;
        using (var process = Process.GetProcessById((int)first["pid"]!))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var second = await _cloud.UpAsync();

        second.ExitCode.Should().Be(0, second.Errors);
        ((int)second.Json["pid"]!).Should().NotBe((int)first["pid"]!);
        (await HealthAsync(second.Json)).Should().Be("ok");
    }

    [Fact]
    public async Task Up_ReplacesAServerOfAnotherBuild()
    {
        var first = (await _cloud.UpAsync()).Json;
        var record = Path.Combine(_cloud.State, "serve.json");
        var stored = JsonNode.Parse(await File.ReadAllTextAsync(record))!;
        stored["build"] = "an-earlier-one";
        await File.WriteAllTextAsync(record, stored.ToJsonString());

        var second = await _cloud.UpAsync();

        second.Errors.Should().Contain("another build");
        ((int)second.Json["pid"]!).Should().NotBe((int)first["pid"]!);
    }

    [Fact]
    public async Task Up_TwiceAtOnce_StartsOneServer()
    {
        var both = await Task.WhenAll(_cloud.UpAsync(), _cloud.UpAsync());

        both.Should().OnlyContain(outcome => outcome.ExitCode == 0);
        both.Select(outcome => (int)outcome.Json["pid"]!).Distinct().Should().ContainSingle();
        both.Count(outcome => (bool)outcome.Json["started"]!).Should().Be(1);
    }

    [Fact]
    public async Task Up_NamesWhoHasAPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _cloud.Ports[2]);
        listener.Start();

        var outcome = await _cloud.UpAsync();

        outcome.ExitCode.Should().Be(1);
        ((string)outcome.Json["error"]!).Should().Contain($"Port {_cloud.Ports[2]} (Ingress)").And.Contain($"(pid {Environment.ProcessId})");
        ((string)outcome.Json["remedy"]!).Should().Contain("--ingress-port");
    }

    [Fact]
    public async Task Up_SaysThatTheEngineOfDockerHostIsDead()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tiketi.LocalCloud.Hosting.LocalCloudSettings).Assembly.Location, "up", "--state", _cloud.State, "--json"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOCKER_HOST"] = "unix:///nowhere/docker.sock" },
        })!;
        var output = JsonNode.Parse(await process.StandardOutput.ReadToEndAsync())!;
        await process.WaitForExitAsync();

        process.ExitCode.Should().Be(1);
        ((string)output["error"]!).Should().Contain("unix:///nowhere/docker.sock");
        ((string)output["remedy"]!).Should().Contain("DOCKER_HOST");
    }

    [Theory]
    [InlineData("No command given", new string[0])]
    [InlineData("Unknown command 'fly'", new[] { "fly" })]
    [InlineData("Unknown option '--colour'", new[] { "up", "--state", "/tmp/x", "--colour" })]
    [InlineData("'up' needs --state", new[] { "up" })]
    [InlineData("--state has no value", new[] { "up", "--state" })]
    public async Task Program_ExplainsAWrongCommandLine(string message, string[] arguments)
    {
        var outcome = await _cloud.RunAsync(arguments);

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain(message).And.Contain("remedy:");
        outcome.Output.Should().BeEmpty();
    }

    private static async Task<string> HealthAsync(JsonNode up)
    {
        using var http = new HttpClient();
        return (string)(await http.GetFromJsonAsync<JsonNode>(new Uri($"{(string)up["endpoints"]!["aws"]!}/_health")))!["status"]!;
    }
}
