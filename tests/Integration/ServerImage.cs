using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Integration;

/// <summary>One image with the servers that the tests talk to, made of Debian packages; made once per engine and recipe.</summary>
internal static class ServerImage
{
    private const string Packages = "ca-certificates,docker-registry,postgresql,python3-flask,python3-flask-cors,python3-moto,redis-server";
    private const string Suite = "trixie";

    private static readonly string Reference = "tiketi-test/servers:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Suite + Packages)))[..12];

    public static async Task<string> EnsureAsync()
    {
        if ((await RunAsync("docker", "image", "inspect", Reference)).ExitCode == 0)
        {
            return Reference;
        }

        var archive = Path.Combine(Path.GetTempPath(), $"tiketi-servers-{Environment.ProcessId}.tar");
        try
        {
            await RequireAsync("mmdebstrap", "--quiet", "--variant=minbase", $"--include={Packages}", Suite, archive);
            await RequireAsync("docker", "import", archive, Reference);
        }
        finally
        {
            File.Delete(archive);
        }

        return Reference;
    }

    private static async Task RequireAsync(string program, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(program, arguments);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{program} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
