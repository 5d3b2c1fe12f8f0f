using System.Text.Json;
using Microsoft.Playwright;

namespace Tiketi.Integration;

/// <summary>Debian's chromium, which opens a report's page with scripts off: on a phone and on a desk, light and dark.</summary>
public sealed class ReportBrowser : IAsyncLifetime
{
    /// <summary>Narrower is a phone.</summary>
    private const int Desk = 640;

    private const string Measure = """
        () => {
          const parse = text => text.match(/[\d.]+/g).map(Number);
          const light = text => { const [r, g, b] = parse(text).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const style = selector => getComputedStyle(document.querySelector(selector));
          const pills = [...document.querySelectorAll('.pill')].map(pill => getComputedStyle(pill));
          const lines = [...document.querySelectorAll('svg polyline')].map(line => getComputedStyle(line)).filter(line => parseFloat(line.strokeWidth) === 2);
          const card = style('section').backgroundColor;
          return {
            overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            background: style('body').backgroundColor, line: lines[0]?.stroke ?? style('h1').color,
            contrast: contrast(style('h2').color, card), quietContrast: contrast(style('.about').color, card), lineContrast: Math.min(21, ...lines.map(line => contrast(line.stroke, card))),
            pillContrast: Math.min(...pills.map(pill => contrast(pill.color, pill.backgroundColor))),
          };
        }
        """;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists) is { } chromium)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        }
    }

    /// <summary>Opens the page in each way, takes pictures beside the tests' binaries, and holds that all of it can be read.</summary>
    /// <param name="name">The pictures' name.</param>
    /// <param name="html">The page.</param>
    /// <param name="examine">Looks at what only this page has; told whether it is on a phone.</param>
    public async Task ShouldBeReadableEverywhereAsync(string name, string html, Func<IPage, bool, Task> examine)
    {
        Assert.SkipWhen(_browser is null, "neither chromium nor google-chrome is installed");
        var file = Path.Combine(AppContext.BaseDirectory, $"{name}.html");
        await File.WriteAllTextAsync(file, html, TestContext.Current.CancellationToken);
        var looks = new List<Look>();
        foreach (var (width, scheme) in new[] { (360, ColorScheme.Light), (360, ColorScheme.Dark), (1280, ColorScheme.Light), (1280, ColorScheme.Dark) })
        {
            await using var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme, JavaScriptEnabled = false });
            var page = await context.NewPageAsync();
            var requests = new List<string>();
            page.Request += (_, request) => requests.Add(request.Url);
            await page.GotoAsync(new Uri(file).AbsoluteUri);

            requests.Should().ContainSingle("the page needs nothing else");
            await examine(page, width < Desk);
            (await page.ScreenshotAsync(new() { FullPage = true, Path = Path.ChangeExtension(file, $"{width}-{scheme}.png") })).Length.Should().BeGreaterThan(30_000);
            looks.Add((await page.EvaluateAsync(Measure))!.Value.Deserialize<Look>(JsonSerializerOptions.Web)!);
        }

        looks.Should().AllSatisfy(look =>
        {
            look.Overflow.Should().BeLessThanOrEqualTo(0, "nothing makes the page scroll sideways");
            look.Contrast.Should().BeGreaterThan(4.5, "text is readable (WCAG AA)");
            look.QuietContrast.Should().BeGreaterThan(4.5);
            look.PillContrast.Should().BeGreaterThan(4.5, "so are the verdicts");
            look.LineContrast.Should().BeGreaterThan(3, "a chart's line is seen");
        });
        (looks[0].Background, looks[0].Line).Should().Be((looks[2].Background, looks[2].Line));
        (looks[1].Background, looks[1].Line).Should().Be((looks[3].Background, looks[3].Line));
        looks[0].Background.Should().NotBe(looks[1].Background, "dark is another page");
        looks[0].Line.Should().NotBe(looks[1].Line, "and what is drawn on it has other colours");
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private sealed record Look(double Overflow, string Background, string Line, double Contrast, double QuietContrast, double LineContrast, double PillContrast);
}
