using Nuke.Common.Execution;
using Serilog.Events;

namespace Nuke.Common.Reporting;

/// <summary>One line or message of output.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Level">Its severity, or null for text that was written to the console directly.</param>
/// <param name="Text">The masked text, possibly of several lines.</param>
/// <param name="Target">The target that wrote it, or null outside targets.</param>
internal sealed record LogLine(DateTimeOffset Time, LogEventLevel? Level, string Text, ExecutableTarget? Target)
{
    private const string Reset = "\e[0m";

    public string LevelCode => Level switch
    {
        LogEventLevel.Verbose => "VRB",
        LogEventLevel.Debug => "DBG",
        LogEventLevel.Information => "INF",
        LogEventLevel.Warning => "WRN",
        LogEventLevel.Error => "ERR",
        LogEventLevel.Fatal => "FTL",
        _ => "   ",
    };

    /// <summary>The last non-empty line of the text, for places where one line must do.</summary>
    public string LastLine =>
        Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(string.Empty);

    /// <summary>The line as the console shows it.</summary>
    public string Format(bool color)
    {
        if (Level == null)
            return Text;
        var prefix = $"{Time:HH:mm:ss} [{LevelCode}] ";
        if (!color)
            return prefix + Text;
        return Level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => $"\e[90m{prefix}{Text}{Reset}",
            LogEventLevel.Warning => $"{Time:HH:mm:ss} [\e[33m{LevelCode}{Reset}] \e[33m{Text}{Reset}",
            LogEventLevel.Error or LogEventLevel.Fatal => $"{Time:HH:mm:ss} [\e[31m{LevelCode}{Reset}] \e[31m{Text}{Reset}",
            _ => $"{Time:HH:mm:ss} [\e[36m{LevelCode}{Reset}] {Text}",
        };
    }
}
