using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Reads the section <c>queue</c> of a scenario.</summary>
internal static class ScenarioQueueFile
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DefaultStay = TimeSpan.FromSeconds(1);

    /// <summary>Null where the file has no such section.</summary>
    public static ScenarioQueue? Read(YamlSection section)
    {
        if (!section.Keys.Any())
        {
            return null;
        }

        var captured = new HashSet<string>(StringComparer.Ordinal) { ScenarioText.Unique };
        return new ScenarioQueue(
            [.. section.Sections("before").Select(step => ScenarioFile.StepOf(step, captured))],
            ScenarioFile.StepOf(section.Section("enter"), captured),
            FollowOf(section.Section("follow"), captured),
            DurationOf(section, "patience", DefaultPatience),
            DurationOf(section, "stay", DefaultStay),
            ScenarioFile.ThresholdsOf(section),
            [.. section.Sections("cleanUp").Select(step => ScenarioFile.StepOf(step, captured))]);
    }

    private static QueueFollow FollowOf(YamlSection section, HashSet<string> captured)
    {
        var path = section.Text("path") ?? "/socket.io";
        if (!path.StartsWith('/'))
        {
            section.Report("path", $"'{path}' is no path below the API's address; allowed: one that begins with '/'");
        }

        var follow = new QueueFollow(
            path,
            section.Json("auth"),
            section.Text("join") ?? "queue:join",
            section.Json("message"),
            section.Text("update") ?? "queue:update",
            section.Text("admitted") ?? "queue:admitted");
        ScenarioFile.RequireCaptured(section, "message", ScenarioText.NamesIn(follow), captured);
        return follow;
    }

    private static TimeSpan DurationOf(YamlSection section, string key, TimeSpan otherwise)
    {
        if (section.Text(key) is not { } text)
        {
            return otherwise;
        }

        if (ScenarioFile.TryDuration(text) is { } duration)
        {
            return duration;
        }

        section.Report(key, $"'queue.{key}' is '{text}'; allowed: a time such as 30s or 5m");
        return otherwise;
    }
}
