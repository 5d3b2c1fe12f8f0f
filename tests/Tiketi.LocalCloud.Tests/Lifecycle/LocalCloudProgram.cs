using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Tests.Lifecycle;

/// <summary>The compiled program, run as a user runs it, on a state directory and ports of its own.</summary>
internal sealed class LocalCloudProgram : IAsyncDisposable
{
    private static readonly string Assembly = Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Tiketi.LocalCloud.Tests"), Path.Combine("src", "Tiketi.LocalCloud"), StringComparison.Ordinal),
        "Tiketi.LocalCloud.dll");

    public string State { get; } = Directory.CreateTempSubdirectory("tiketi-docker-").FullName;

    /// <summary>Four free ports, kept for every `up` of this instance.</summary>
    public IReadOnlyList<int> Ports { get; } = FreePorts.Take(4);

    public string[] PortOptions => ["--aws-port", $"{Ports[0]}", "--kubernetes-port", $"{Ports[1]}", "--ingress-port", $"{Ports[2]}", "--cdn-port", $"{Ports[3]}"];

    public Task<Outcome> UpAsync(params string[] options) => RunAsync(["up", "--state", State, "--json", .. PortOptions, .. options]);

    public Task<Outcome> RunAsync(params string[] arguments) => RunProcessAsync("dotnet", [Assembly, .. arguments]);

    /// <summary>Runs it as the first engine-less process of a machine of its own: no network but loopback, an empty /run.</summary>
    public Task<Outcome> RunIsolatedAsync(string script)
        => RunProcessAsync("unshare", ["--net", "--mount", "sh", "-ec", $"mount -t tmpfs tmpfs /run; unset DOCKER_HOST DOCKER_CONTEXT; cloud() {{ dotnet '{Assembly}' \"$@\" --state '{State}' --json; }}; {script}"]);

    public async ValueTask DisposeAsync()
    {
        var down = await RunAsync("down", "--state", State, "--json");
        Directory.Delete(State, recursive: true);
        down.ExitCode.Should().Be(0, down.Errors);
    }

    private static async Task<Outcome> RunProcessAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await errors);
    }

    internal sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public JsonNode Json => JsonNode.Parse(Output, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = false })!;
    }
}
