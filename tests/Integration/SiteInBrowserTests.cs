using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Tiketi.Integration;

/// <summary>
/// The sample site behind the local cloud's CloudFront, made from infra/frontend.yaml, reloaded by a real browser without a
/// pause while 20 releases and a rollback go up. Each release also has a chunk that a page loads only some time after it opened.
/// </summary>
public sealed class SiteInBrowserTests(DistributedSite cloud) : IClassFixture<DistributedSite>
{
    private const int Releases = 20;

    [Fact]
    public async Task ReloadedDuringReleasesAndARollback_NoFileIsMissing_AndNoPageIsStale()
    {
        var chromium = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(chromium is null, "neither chromium nor google-chrome is installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        int[] sequence = [.. Enumerable.Range(1, Releases), Releases - 3];
        var visitor = new Visitor(await browser.NewPageAsync(), cloud.Address, sequence);
        using var site = new ReleasedSite(await cloud.BuildSampleAsync());
        await cloud.PublishAsync(site.Build(1));
        using var end = new CancellationTokenSource();
        var visiting = Task.Run(() => visitor.ReloadAsync(end.Token));
        for (var step = 1; step < sequence.Length; step++)
        {
            await (step < Releases ? cloud.PublishAsync(site.Build(sequence[step])) : cloud.RollBackAsync(sequence[step]));
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
        await cloud.PublishAsync(site.Build(1));
        using var http = new HttpClient { BaseAddress = cloud.Address };

        foreach (var path in new[] { "/", "/events/7", "/favicon.svg" })
        {
            using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
            ((int)response.StatusCode).Should().Be(200);
            string Header(string name) => string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : []);
            Header("Content-Security-Policy").Should().Contain("default-src 'self'");
            Header("Strict-Transport-Security").Should().Contain("max-age=31536000");
            Header("X-Content-Type-Options").Should().Be("nosniff");
            Header("Referrer-Policy").Should().Be("strict-origin-when-cross-origin");
            if (path != "/favicon.svg")
            {
                (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("<div id=\"root\">");
            }
        }
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
