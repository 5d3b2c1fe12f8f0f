using System.Text;
using Spectre.Console;
using Text = Spectre.Console.Text;
using Tiketi.Pipeline.LoadTesting;

/// <summary>
/// A running load test as a person follows it: in a terminal one block that renews itself every second, in a job's log a line every ten
/// seconds, since lines there are only ever appended.
/// </summary>
sealed class LoadView : IProgress<LoadProgress>
{
    const int SecondsBetweenLines = 10;
    const int BarWidth = 40;

    readonly LiveDisplayContext _display;
    int _seconds;

    LoadView(LiveDisplayContext display) => _display = display;

    /// <summary>Shows what the test tells, until it ends.</summary>
    public static async Task<T> ShowAsync<T>(Func<IProgress<LoadProgress>, Task<T>> test)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi)
        {
            return await test(new LoadView(null));
        }

        // Past the engine's own output, which waits for whole lines to keep secrets out of them: a block that renews itself never ends one.
        await using var terminal = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        return await console.Live(new Text("Load test: the first answers ...")).AutoClear(true).StartAsync(display => test(new LoadView(display)));
    }

    public void Report(LoadProgress value)
    {
        if (_display is not null)
        {
            _display.UpdateTarget(Block(value));
        }
        else if (Interlocked.Increment(ref _seconds) % SecondsBetweenLines == 0)
        {
            Log.Information("{Line:l}", Line(value));
        }
    }

    internal static string Line(LoadProgress now) =>
        FormattableString.Invariant($"{now.Elapsed.TotalSeconds,4:0} s {now.Share * 100,3:0} %  {now.Requests,9:#,0} requests, {now.Errors:#,0} errors  {now.Recent.RequestsPerSecond,8:#,0.#}/s  p50 {Milliseconds(now, 50)}, p95 {Milliseconds(now, 95)}")
        + (now.Activity is null ? "" : $"  {now.Activity}");

    static Panel Block(LoadProgress now)
    {
        var done = (int)(now.Share * BarWidth);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Row("Progress", $"[blue]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/] {now.Share * 100:0} %, {now.Elapsed.TotalSeconds:0} s");
        Row("Requests", $"{now.Requests:#,0}, of them {(now.Errors > 0 ? $"[red]{now.Errors:#,0} errors[/]" : "no errors")}");
        Row("Last second", $"{now.Recent.RequestsPerSecond:#,0.#}/s, p50 {Milliseconds(now, 50)}, p95 {Milliseconds(now, 95)}, p99 {Milliseconds(now, 99)}");
        if (now.Activity is not null)
        {
            Row("Visitors", $"{Markup.Escape(now.Activity)}");
        }

        return new Panel(grid) { Header = new PanelHeader(" Load test "), Border = BoxBorder.Rounded };

        void Row(string label, FormattableString value) => grid.AddRow(new Markup($"[grey]{label}[/]"), new Markup(FormattableString.Invariant(value)));
    }

    static string Milliseconds(LoadProgress now, double percentile) => FormattableString.Invariant($"{now.Recent.Latency.At(percentile).TotalMilliseconds:0.#} ms");
}
