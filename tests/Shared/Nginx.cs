using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tiketi.Testing;

/// <summary>nginx in a process of its own, so that its connections and its work are not counted against the test's.</summary>
internal sealed partial class Nginx(Process process, string directory, Uri address) : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    public static bool IsInstalled => File.Exists(Program);

    public Uri Address { get; } = address;

    public int ProcessId => process.Id;

    /// <summary>Answers <c>/health</c> with "ok" once this has returned.</summary>
    /// <param name="connections">At most.</param>
    public static async Task<Nginx> StartAsync(int connections)
    {
        var (directory, port) = (Directory.CreateTempSubdirectory("tiketi-nginx-").FullName, FreePorts.Take(1)[0]);
        await File.WriteAllTextAsync(Path.Combine(directory, "nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr crit;
            worker_rlimit_nofile {{connections + 100}};
            events { worker_connections {{connections}}; }
            http {
              access_log off;
              keepalive_timeout 60s;
              keepalive_requests 100000000;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location = /health { return 200 "ok"; }
                location = /status { stub_status; }
              }
            }
            """);
        var process = Process.Start(new ProcessStartInfo(Program, ["-p", directory, "-c", Path.Combine(directory, "nginx.conf"), "-e", "stderr"]) { UseShellExecute = false })!;
        var nginx = new Nginx(process, directory, new Uri($"http://127.0.0.1:{port}"));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await nginx.AcceptedConnectionsAsync();
                return nginx;
            }
            catch (HttpRequestException) when (attempt < 600 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task<long> AcceptedConnectionsAsync()
    {
        using var client = new HttpClient();
        return long.Parse(Accepted().Match(await client.GetStringAsync(new Uri(Address, "/status"))).Groups["accepted"].Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [GeneratedRegex(@"requests\s+(?<accepted>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Accepted();
}
