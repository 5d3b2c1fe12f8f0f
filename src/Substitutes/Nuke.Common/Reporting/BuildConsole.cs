using System.Text;

namespace Nuke.Common.Reporting;

/// <summary>Standard output and what is known of its other end.</summary>
/// <param name="Out">The real standard output.</param>
/// <param name="IsTerminal">Somebody watches, and the cursor can be moved.</param>
/// <param name="UsesColor">ANSI colours are understood.</param>
/// <param name="CanPrompt">Somebody can answer.</param>
internal sealed record BuildConsole(TextWriter Out, bool IsTerminal, bool UsesColor, bool CanPrompt)
{
    public static BuildConsole FromProcess(IReadOnlyDictionary<string, string> environment)
    {
        var dumb = environment.GetValueOrDefault("TERM", OperatingSystem.IsWindows() ? "windows" : "dumb") == "dumb";
        var server = environment.ContainsKey("GITHUB_ACTIONS") || environment.GetValueOrDefault("CI") is "true" or "1";
        var terminal = !Console.IsOutputRedirected && !dumb && !server;
        var color = (terminal || environment.ContainsKey("GITHUB_ACTIONS")) && !environment.ContainsKey("NO_COLOR");
        var writer = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return new BuildConsole(writer, terminal, color, terminal && !Console.IsInputRedirected) { Width = terminal && Console.WindowWidth > 0 ? Console.WindowWidth : int.MaxValue };
    }

    /// <summary>Characters in a line; without a limit where nobody watches.</summary>
    public int Width { get; init; } = int.MaxValue;

    /// <summary>
    /// What everything that leads to the console locks. It has to be the very object that the runtime locks while it writes to
    /// the terminal, which is <see cref="Console.Out"/>: a lock of our own would be taken in the other order by code that
    /// writes to <see cref="Console.Out"/> directly.
    /// </summary>
    public object Gate { get; set; } = new();

    public void Write(string text)
    {
        lock (Gate)
        {
            Out.Write(text);
            Out.Flush();
        }
    }

    public void WriteLine(string text = "") => Write(text + Environment.NewLine);

    public string Color(string text, string code) => UsesColor && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}

/// <summary>
/// Takes the place of <see cref="Console.Out"/>, so that what targets write directly stays in their blocks and is masked.
/// </summary>
internal sealed class RoutingWriter(OutputHub hub, BuildConsole console, SecretMask secrets) : TextWriter
{
    private readonly Dictionary<Execution.ExecutableTarget, StringBuilder> _pending = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine() => Write(NewLine);

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (hub.CurrentTarget is not { } target)
        {
            console.Write(secrets.Apply(value));
            return;
        }

        List<string> complete = [];
        lock (_pending)
        {
            if (!_pending.TryGetValue(target, out var text))
                _pending.Add(target, text = new StringBuilder());
            text.Append(value);
            if (value.Contains('\n', StringComparison.Ordinal))
            {
                var lines = text.ToString().Split('\n');
                complete.AddRange(lines[..^1].Select(x => x.TrimEnd('\r')));
                text.Clear().Append(lines[^1]);
            }
        }

        foreach (var line in complete)
            hub.Write(level: null, line, target);
    }

    /// <summary>Passes on what a target wrote without a newline at the end.</summary>
    public void Complete(Execution.ExecutableTarget target)
    {
        StringBuilder? rest;
        lock (_pending)
            _pending.Remove(target, out rest);
        if (rest is { Length: > 0 })
            hub.Write(level: null, rest.ToString(), target);
    }
}
