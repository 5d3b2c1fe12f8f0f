using System.Diagnostics;
using System.Formats.Tar;
using System.Net;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>
/// The ignore rules beside Docker's own client: <c>docker build</c> sends the context that it makes of the same folder to an
/// engine that only listens.
/// </summary>
public sealed class IgnoreRulesPeerTests
{
    private const int Cases = 40;

    private static readonly string[] Names = ["a", "b", "ab", "a.js", "b.js", "node_modules", "x-a", "keep"];

    // Exceptions with a wildcard ahead of a folder are left out: BuildKit looks for what they keep inside ignored folders, as we do, the older client does not.
    private static readonly string[] Patterns =
    [
        "a", "b", "ab", "*", "**", "*.js", "**.js", "**/a", "**/*.js", "a/**", "a/*", "*/a", "*/*/b", "a/**/b", "**/node_modules", "node_modules", "?", "a?", "[ab]", "[^a]", "x**", "**a",
        "a/b", "/b/", "./ab", "a/../b", @"\a", "#a", " keep ", "x-?", "**/keep/**", "keep*",
    ];

    private static readonly string[] Exceptions = ["!a", "!b", "!a/b", "!keep", "!a.js", "!node_modules/a", "!ab/keep", "!b/a/b", "! x-a", "!a/b.js", "!**/keep"];

    [Fact]
    public async Task Context_IsTheOneThatDockersClientSends()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker") || File.Exists("/usr/local/bin/docker"), "the docker client is not installed");
        await using var engine = new ListeningEngine();
        var differences = new List<string>();
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            using var folder = new TestFolder();
            var rules = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Pick(random, random.Next(3) == 0 ? Exceptions : Patterns)).ToList();
            folder.Write("Dockerfile", "FROM scratch").Write(".dockerignore", string.Join('\n', rules));
            for (var file = 0; file < 25; file++)
            {
                var path = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, Names)));
                if (!Directory.Exists(folder.Full(path)) && Parents(path).All(parent => !File.Exists(folder.Full(parent))))
                {
                    folder.Write(path, "");
                }
            }

            var docker = await engine.ContextOfAsync(folder.Root, TestContext.Current.CancellationToken);
            var ours = BuildContext.Scan(folder.Root, folder.Full("Dockerfile")).Files.Entries.Where(entry => entry.Kind == ContextEntryKind.File).Select(entry => entry.Path);
            // the client sends these two whatever the rules say, and the engine takes them out again
            var (more, less) = (ours.Except(docker.Append("Dockerfile").Append(".dockerignore")), docker.Except([.. ours, "Dockerfile", ".dockerignore"]));
            if (more.Concat(less).Any())
            {
                differences.Add($"seed {seed}: [{string.Join(" | ", rules)}] we add {string.Join(' ', more)}, we lack {string.Join(' ', less)}");
            }
        }

        differences.Should().BeEmpty();
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    /// <summary>As much of an engine as the client needs to send it a context.</summary>
    private sealed class ListeningEngine : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly int _port = FreePorts.Take(1)[0];
        private readonly Task _serving;
        private List<string> _received = [];
        private Exception? _problem;

        public ListeningEngine()
        {
            _listener.Prefixes.Add($"http://127.0.0.1:{_port}/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public async Task<IReadOnlyList<string>> ContextOfAsync(string folder, CancellationToken cancellationToken)
        {
            var start = new ProcessStartInfo("docker", ["build", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            start.Environment["DOCKER_HOST"] = $"tcp://127.0.0.1:{_port}";
            start.Environment["DOCKER_BUILDKIT"] = "0";
            using var docker = Process.Start(start)!;
            var output = docker.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await docker.StandardError.ReadToEndAsync(cancellationToken);
            await docker.WaitForExitAsync(cancellationToken);
            docker.ExitCode.Should().Be(0, "it wrote {0}{1}, and here was {2}", error, await output, _problem);
            _problem.Should().BeNull();
            return _received;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext call;
                try
                {
                    call = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                try
                {
                    await AnswerAsync(call);
                }
                catch (Exception exception) when (exception is IOException or HttpListenerException)
                {
                    _problem = exception; // the client is gone: it says why
                }
            }
        }

        private async Task AnswerAsync(HttpListenerContext call)
        {
            call.Response.Headers["API-Version"] = "1.41";
            call.Response.Headers["OSType"] = "linux";
            call.Response.KeepAlive = false; // over TCP the client ends its first question with a time-out that may take the connection along, just as it sends the context on it
            if (call.Request.Url!.AbsolutePath.EndsWith("/build", StringComparison.Ordinal))
            {
                _received = await NamesAsync(call.Request.InputStream);
                call.Response.ContentType = "application/json";
                await call.Response.OutputStream.WriteAsync("{\"stream\":\"done\"}\n"u8.ToArray());
            }

            call.Response.Close();
        }

        private static async Task<List<string>> NamesAsync(Stream body)
        {
            using var tar = new MemoryStream(); // received whole before it is read, so that a connection that breaks does not look like a bad context
            await body.CopyToAsync(tar);
            tar.Position = 0;
            var names = new List<string>();
            await using var reader = new TarReader(tar);
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    names.Add(entry.Name);
                }
            }

            return names;
        }
    }
}
