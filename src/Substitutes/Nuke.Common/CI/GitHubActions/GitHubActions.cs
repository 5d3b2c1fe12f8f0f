#nullable disable
using System.Globalization;
using Newtonsoft.Json.Linq;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Utilities;

namespace Nuke.Common.CI.GitHubActions;

/// <summary>GitHub Actions, and what its runner tells in environment variables.</summary>
public class GitHubActions : Host, IBuildServer
{
    internal GitHubActions()
    {
    }

    public static bool IsRunningGitHubActions => EnvironmentInfo.HasVariable("GITHUB_ACTIONS");

    public static new GitHubActions Instance => Host.Instance as GitHubActions;

    string IBuildServer.Branch => Ref;
    string IBuildServer.Commit => Sha;

    public string Home => Get("HOME");
    public string Workflow => Get("GITHUB_WORKFLOW");
    public string Action => Get("GITHUB_ACTION");
    public string Actor => Get("GITHUB_ACTOR");
    public string Repository => Get("GITHUB_REPOSITORY");
    public string RepositoryOwner => Get("GITHUB_REPOSITORY_OWNER");
    public string EventName => Get("GITHUB_EVENT_NAME");
    public string EventPath => Get("GITHUB_EVENT_PATH");
    public string Workspace => Get("GITHUB_WORKSPACE");
    public string Sha => Get("GITHUB_SHA");
    public string Ref => Get("GITHUB_REF");
    public string RefName => Get("GITHUB_REF_NAME");
    public string HeadRef => Get("GITHUB_HEAD_REF");
    public string BaseRef => Get("GITHUB_BASE_REF");
    public string ServerUrl => Get("GITHUB_SERVER_URL");
    public string Job => Get("GITHUB_JOB");
    public long RunId => GetNumber("GITHUB_RUN_ID");
    public long RunNumber => GetNumber("GITHUB_RUN_NUMBER");
    public long RunAttempt => GetNumber("GITHUB_RUN_ATTEMPT");
    public string Token => Get("GITHUB_TOKEN");
    public AbsolutePath StepSummaryFile => Get("GITHUB_STEP_SUMMARY");

    public bool IsPullRequest => EventName is "pull_request" or "pull_request_target";

    public int? PullRequestNumber => IsPullRequest ? GitHubEvent?["number"]?.Value<int>() : null;

    public string PullRequestAction => IsPullRequest ? GitHubEvent?["action"]?.Value<string>() : null;

    /// <summary>The event that started the run.</summary>
    public JObject GitHubEvent => EventPath is { } path && File.Exists(path) ? JObject.Parse(File.ReadAllText(path)) : null;

    public void Group(string group)
    {
        WriteCommand("group", group);
    }

    public void EndGroup(string group)
    {
        WriteCommand("endgroup", group);
    }

    public void WriteDebug(string message)
    {
        WriteCommand("debug", message);
    }

    public void WriteWarning(string message)
    {
        WriteCommand("warning", message);
    }

    public void WriteError(string message)
    {
        WriteCommand("error", message);
    }

    public void WriteCommand(string command, string message = null, IReadOnlyDictionary<string, object> properties = null)
    {
        var text = properties == null || properties.Count == 0
            ? string.Empty
            : " " + properties.Where(x => x.Value != null).Select(x => $"{x.Key}={EscapeProperty(Convert.ToString(x.Value, CultureInfo.InvariantCulture))}").Join(",");
        BuildConsole.WriteLine(Session.Secrets.Apply($"::{command}{text}::{EscapeData(message)}"));
    }

    protected internal override IDisposable WriteBlock(string text)
    {
        return DelegateDisposable.CreateBracket(() => Group(text), () => EndGroup(text));
    }

    protected internal override void ReportWarning(string text, string details = null)
    {
        WriteWarning(text);
    }

    protected internal override void ReportError(string text, string details = null)
    {
        WriteError(text);
    }

    protected internal override void WriteBuildOutcome(INukeBuild build)
    {
        base.WriteBuildOutcome(build);
        if (StepSummaryFile is { } file)
            File.AppendAllText(file, Session.Secrets.Apply(StepSummary.Create(build)));
    }

    private static string Get(string name)
    {
        return EnvironmentInfo.GetVariable(name) is { Length: > 0 } value ? value : null;
    }

    private static long GetNumber(string name)
    {
        return long.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static string EscapeData(string text)
    {
        return text?.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
    }

    private static string EscapeProperty(string text)
    {
        return EscapeData(text)?.Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }
}
