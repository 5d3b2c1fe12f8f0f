using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Tiketi.Pipeline.Tests.Registry;

/// <summary>Debian's docker-registry on a loopback port, with basic auth.</summary>
public sealed class TestRegistry : IAsyncLifetime
{
    public const string User = "AWS";
    public const string Password = "registry-test-only";

    /// <summary>The same, as htpasswd -B writes it.</summary>
    private const string Htpasswd = "AWS:$2y$05$TdusrAPl7OQJosBjvZKoJOZHEhc2iDdqIVlVh2WYlhPaaQcQGApYG";

    private readonly string _root = Directory.CreateTempSubdirectory("tiketi-registry-").FullName;
    private Process? _process;

    public string Host { get; private set; } = "";

    public HttpClient Http { get; } = new();

    public static string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker-registry"), "docker-registry is not installed");
        Host = $"127.0.0.1:{FreePorts.Take(1)[0]}";

        await File.WriteAllTextAsync(Path.Combine(_root, "htpasswd"), Htpasswd + "\n");
        await File.WriteAllTextAsync(Path.Combine(_root, "config.yml"), $$"""
            version: 0.1
            log: { level: error }
            storage: { filesystem: { rootdirectory: {{_root}}/data }, delete: { enabled: true } }
            http: { addr: "{{Host}}", relativeurls: true }
            auth: { htpasswd: { realm: test, path: {{_root}}/htpasswd } }
            """);
        _process = Process.Start(new ProcessStartInfo("/usr/bin/docker-registry", ["serve", Path.Combine(_root, "config.yml")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Http.BaseAddress = new Uri($"http://{Host}/v2/");
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Basic);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                (await Http.GetAsync(new Uri("", UriKind.Relative))).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Every tag of a repository with the digest that it names; null when there is no such repository.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> TagsAsync(string repository)
    {
        using var list = await Http.GetAsync(new Uri($"{repository}/tags/list", UriKind.Relative));
        if (list.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in (await list.Content.ReadFromJsonAsync<TagList>())?.Tags ?? [])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, new Uri($"{repository}/manifests/{tag}", UriKind.Relative));
            head.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
            using var answer = await Http.SendAsync(head);
            tags[tag] = answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
        }

        return tags;
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Kill();
        await (_process?.WaitForExitAsync() ?? Task.CompletedTask);
        _process?.Dispose();
        Http.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private sealed record TagList(string Name, IReadOnlyList<string>? Tags);
}
