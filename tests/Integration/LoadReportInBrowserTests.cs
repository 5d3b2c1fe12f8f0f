using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Reports;

namespace Tiketi.Integration;

/// <summary>The page of a load test of nginx, opened by Debian's chromium with scripts off: on a phone and on a desk, light and dark.</summary>
public sealed class LoadReportInBrowserTests
{
    private static readonly string[] Headings =
        ["Thresholds", "Latency percentiles", "Throughput and errors over time", "Latency over time", "The waiting queue", "Compared with the last run", "Steps"];

    [Fact]
    public async Task The_page_is_readable_everywhere_without_scripts()
    {
        var chromium = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(chromium is null, "neither chromium nor google-chrome is installed");
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        var file = Path.Combine(AppContext.BaseDirectory, "load-report.html");
        await File.WriteAllTextAsync(file, await PageAsync(), TestContext.Current.CancellationToken);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });

        var looks = new List<Look>();
        foreach (var (width, scheme) in new[] { (360, ColorScheme.Light), (360, ColorScheme.Dark), (1280, ColorScheme.Light), (1280, ColorScheme.Dark) })
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme, JavaScriptEnabled = false });
            var page = await context.NewPageAsync();
            var requests = new List<string>();
            page.Request += (_, request) => requests.Add(request.Url);
            await page.GotoAsync(new Uri(file).AbsoluteUri);

            requests.Should().ContainSingle("the page needs nothing else");
            (await page.Locator("h2").AllInnerTextsAsync()).Should().Equal(Headings);
            foreach (var chart in await page.Locator(width < 640 ? ".narrow svg" : ".wide svg").AllAsync())
            {
                (await chart.BoundingBoxAsync())!.Width.Should().BeGreaterThan(width < 640 ? 280 : 800, "a chart fills its card");
            }

            (await page.Locator(width < 640 ? ".wide" : ".narrow").First.IsVisibleAsync()).Should().BeFalse("a chart is shown in one size");
            (await page.ScreenshotAsync(new() { FullPage = true, Path = Path.ChangeExtension(file, $"{width}-{scheme}.png") })).Length.Should().BeGreaterThan(30_000);
            looks.Add((await page.EvaluateAsync(Measure))!.Value.Deserialize<Look>(JsonSerializerOptions.Web)!);
        }

        looks.Should().AllSatisfy(look =>
        {
            look.Overflow.Should().BeLessThanOrEqualTo(0, "nothing makes the page scroll sideways");
            look.Contrast.Should().BeGreaterThan(4.5, "text is readable (WCAG AA)");
            look.QuietContrast.Should().BeGreaterThan(4.5);
            look.LineContrast.Should().BeGreaterThan(3, "a chart's line is seen");
        });
        (looks[0].Background, looks[0].Line).Should().Be((looks[2].Background, looks[2].Line));
        (looks[1].Background, looks[1].Line).Should().Be((looks[3].Background, looks[3].Line));
        looks[0].Background.Should().NotBe(looks[1].Background, "dark is another page");
        looks[0].Line.Should().NotBe(looks[1].Line, "and its charts have other colours");
    }

    private const string Measure = """
        () => {
          const parse = text => text.match(/[\d.]+/g).map(Number);
          const light = text => { const [r, g, b] = parse(text).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const style = selector => getComputedStyle(document.querySelector(selector));
          const lines = [...document.querySelectorAll('svg polyline')].map(line => getComputedStyle(line)).filter(line => parseFloat(line.strokeWidth) === 2);
          const card = style('section').backgroundColor;
          return {
            overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            background: style('body').backgroundColor, line: lines[0].stroke,
            contrast: contrast(style('h2').color, card), quietContrast: contrast(style('.about').color, card), lineContrast: Math.min(...lines.map(line => contrast(line.stroke, card))),
          };
        }
        """;

    /// <summary>Two real runs, and a queue as a small sale leaves it.</summary>
    private static async Task<string> PageAsync()
    {
        await using var nginx = await Nginx.StartAsync(connections: 256);
        var (before, now) = (await RunAsync(nginx, 300), await RunAsync(nginx, 500));
        var run = now with
        {
            Name = "queue",
            Description = "300 visitors enter one event's queue",
            Steps = [new("queue: POST /api/queue/check/{event}", 300, new Dictionary<string, long>(StringComparer.Ordinal), now.LatencyMilliseconds), new("queue: until admitted", 300, new Dictionary<string, long>(StringComparer.Ordinal) { ["lost: still waiting at the end"] = 1 }, now.LatencyMilliseconds)],
            Queue = new(
                300, 2,
                [.. Enumerable.Range(1, 299).Select(number => new LoadRun.Admission(number, number / 50.0, number < 50 ? number / 50.0 : (number / 50 * 2.5) + (number % 50 / 100.0), number < 50 ? 0 : number - 49))], // fifty at a time
                [new(300, "3f1c09ab-299", "still waiting at the end, last place 1")],
                [],
                []),
        };
        return LoadReportHtml.Render(run, LoadComparison.Of(run, before));
    }

    private static async Task<LoadRun> RunAsync(Nginx nginx, int perSecond)
    {
        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(
            new LoadTestRequest
            {
                Url = new Uri(nginx.Address, "/health"),
                Model = new LoadModel.Open(perSecond, TimeSpan.FromSeconds(1)),
                Thresholds = LoadThreshold.ParseAll("errors<1% p95<60s"),
            },
            TestContext.Current.CancellationToken);
        return LoadRun.Of(result, "queue", "local", DateTimeOffset.UtcNow);
    }

    private sealed record Look(double Overflow, string Background, string Line, double Contrast, double QuietContrast, double LineContrast);
}
