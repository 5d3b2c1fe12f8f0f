using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Tiketi.Integration;

/// <summary>
/// The sample site behind the local cloud's CloudFront, made from infra/frontend.yaml, reloaded by a real browser without a
/// pause while 20 releases and a rollback go up. Each release also has a chunk that a page loads only some time after it opened.
/// </summary>
[Collection(DistributedSiteCollection.Name)]
public sealed class SiteInBrowserTests(DistributedSite cloud)
{
    private const int Releases = 20;

    [Fact]
    public async Task ReloadedDuringReleasesAndARollback_NoFileIsMissing_AndNoPageIsStale()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        int[] sequence = [.. Enumerable.Range(1, Releases), Releases - 3];
        var visitor = new Visitor(await browser.NewPageAsync(), cloud.Address, sequence);
        using var site = new ReleasedSite(await cloud.BuildSampleAsync());
        var first = await cloud.PublishAsync(site.Build(1));
        using var end = new CancellationTokenSource();
        var visiting = Task.Run(() => visitor.ReloadAsync(end.Token));
        for (var step = 1; step < sequence.Length; step++)
        {
            await (step < Releases ? cloud.PublishAsync(site.Build(sequence[step])) : cloud.RollBackAsync(first + sequence[step] - 1));
            visitor.Completed = step;
            await visitor.LoadOnceMoreAsync(visiting);
        }

        await end.CancelAsync();
        await visiting;

        visitor.Problems.Should().BeEmpty();
        visitor.Loads.Should().BeGreaterThanOrEqualTo(Releases);
        visitor.Last.Should().Be(Releases - 3, "the rollback is served");
    }

    [Fact]
    public async Task WhatIsServed_CarriesTheSecurityHeaders_AndPathsOfTheApplicationGetItsIndex()
    {
        using var site = new ReleasedSite(await cloud.BuildSampleAsync());
        var directory = site.Build(1);
        File.WriteAllText(Path.Combine(directory, "service-worker.js"), "self.skipWaiting();");
        File.WriteAllText(Path.Combine(directory, "manifest.json"), "{}");
        await cloud.PublishAsync(directory);
        using var http = new HttpClient { BaseAddress = cloud.Address };

        foreach (var (path, caching) in new[]
        {
            ("/", "no-cache"), ("/events/7", "no-cache"), ("/service-worker.js", "no-cache"), ("/manifest.json", "no-cache"),
            ("/favicon.svg", "public, max-age=300"), ("/assets/index.0000001a.js", "public, max-age=31536000, immutable"),
        })
        {
            using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
            ((int)response.StatusCode).Should().Be(200);
            string Header(string name) => string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : []);
            Header("Cache-Control").Split(", ").Should().BeEquivalentTo(caching.Split(", "), "of {0}", path);
            Header("Content-Security-Policy").Should().Contain("default-src 'self'");
            Header("Strict-Transport-Security").Should().Contain("max-age=31536000");
            Header("X-Content-Type-Options").Should().Be("nosniff");
            Header("Referrer-Policy").Should().Be("strict-origin-when-cross-origin");
            if (path is "/" or "/events/7")
            {
                (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("<div id=\"root\">");
            }
        }
    }

    [Fact]
    public async Task PrecompressedAssets_LoadInABrowser_AndPagesAreServedToWhoeverAsks()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        using var site = new ReleasedSite(await cloud.BuildSampleAsync());
        var directory = site.Build(1);
        await cloud.PublishAsync(directory, precompress: "br");
        var page = await browser.NewPageAsync();
        var encodings = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        page.Response += (_, response) => encodings[new Uri(response.Url).AbsolutePath] = response.Headers.GetValueOrDefault("content-encoding", "");

        await page.GotoAsync(cloud.Address.ToString());

        (await page.EvaluateAsync<JsonElement>("() => window.__loaded"))[1].GetInt32().Should().Be(1, "the script ran");
        encodings.Should().Contain("/assets/index.0000001a.js", "br");
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None }) { BaseAddress = cloud.Address };
        (await http.GetStringAsync("/", TestContext.Current.CancellationToken)).Should().Be(await File.ReadAllTextAsync(Path.Combine(directory, "index.html"), TestContext.Current.CancellationToken));
        var script = Path.Combine(directory, "assets", "index.0000001a.js");
        (await cloud.RunAsync("curl", "-sS", "--compressed", "-w", "%{size_download}", $"{cloud.Address}assets/index.0000001a.js")).Should().StartWith(await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        var served = await http.GetByteArrayAsync("/assets/index.0000001a.js", TestContext.Current.CancellationToken);
        served.Length.Should().BeLessThan((int)new FileInfo(script).Length / 2, "it is stored compressed");
    }

    private static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        var chromium = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(chromium is null, "neither chromium nor google-chrome is installed");
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>Loads the page again and again, and notes what no visitor should see.</summary>
    private sealed class Visitor(IPage page, Uri address, IReadOnlyList<int> sequence)
    {
        private volatile int _loads;
        private volatile int _completed;

        public ConcurrentBag<string> Problems { get; } = [];

        public int Loads => _loads;

        public int Last { get; private set; }

        /// <summary>How far in the sequence invalidations are complete: from then on nothing older may show.</summary>
        public int Completed { set => _completed = value; }

        /// <summary>Until a page has been opened and loaded that did not exist before.</summary>
        public async Task LoadOnceMoreAsync(Task visiting)
        {
            for (var until = _loads + 2; _loads < until && !visiting.IsCompleted;)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }

        public async Task ReloadAsync(CancellationToken end)
        {
            page.Response += (_, response) => Check(response);
            page.PageError += (_, error) => Problems.Add($"the page failed: {error}");
            while (!end.IsCancellationRequested)
            {
                var least = _completed;
                await page.GotoAsync(address.ToString());
                var versions = await page.EvaluateAsync<JsonElement>("() => window.__loaded");
                var (index, script, chunk) = (versions[0].GetInt32(), versions[1].GetInt32(), versions[2].GetInt32());
                var acceptable = sequence.Skip(least).Take(_completed + 2 - least).ToList(); // the next one may be under way
                if (index != script || script != chunk)
                {
                    Problems.Add($"the page is of release {index}, its script of {script}, its chunk of {chunk}");
                }

                if (!acceptable.Contains(index))
                {
                    Problems.Add($"release {index} was shown when {acceptable[0]} was complete");
                }

                Last = index;
                Interlocked.Increment(ref _loads);
            }
        }

        // A missing file does not show as a 404: the distribution answers with the index, as single-page applications need it.
        private void Check(IResponse response)
        {
            var path = new Uri(response.Url).AbsolutePath;
            var type = response.Headers.GetValueOrDefault("content-type", "");
            var expected = Path.GetExtension(path) switch { ".js" => "text/javascript", ".css" => "text/css", ".svg" => "image/svg+xml", _ => "text/html" };
            if (response.Url.StartsWith(address.ToString(), StringComparison.Ordinal)
                && (response.Status is not (200 or 304) || (response.Status == 200 && !type.StartsWith(expected, StringComparison.Ordinal))))
            {
                Problems.Add($"{path} was answered with {response.Status} {type}");
            }
        }
    }
}
