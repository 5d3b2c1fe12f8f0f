using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Tests.Lifecycle;

namespace Tiketi.LocalCloud.Tests.Engine;

/// <summary>A machine without an engine: a network and a /run of its own hide the one that may be there.</summary>
public sealed class PrivateEngineTests : IAsyncLifetime
{
    private readonly LocalCloudProgram _cloud = new();

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/sbin/dockerd") && File.Exists("/usr/bin/unshare"), "needs root, dockerd and unshare");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Engine_IsStarted_FoundAgain_Recovered_AndStopped()
    {
        var outcome = await _cloud.RunIsolatedAsync("""
            ip link set lo up
            pid() { cat /run/tiketi-docker-*/docker.pid; }
            cloud engine; one=$(pid)
            cloud engine; test "$(pid)" = "$one"
            kill -9 "$one"; while kill -0 "$one" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$one/status"; do sleep 0.1; done
            cloud engine; two=$(pid); test "$two" != "$one"
            cloud down
            ! kill -0 "$two" 2>/dev/null || grep -q '^State:.Z' "/proc/$two/status"
            """);

        outcome.ExitCode.Should().Be(0, outcome.Output + outcome.Errors);
        outcome.Errors.Split("starting a private one").Should().HaveCount(3, "it was started twice and found once");
        var reports = JsonNode.Parse($"[{outcome.Output.Replace("}\n{", "},{", StringComparison.Ordinal)}]")!.AsArray();
        reports.Take(3).Should().OnlyContain(report => (bool)report!["isPrivate"]!);
        ((string)reports[0]!["dockerHost"]!).Should().MatchRegex("^unix:///run/tiketi-docker-[0-9a-f]{8}/docker.sock$");
        ((bool)reports[3]!["engineStopped"]!).Should().BeTrue();
    }
}
