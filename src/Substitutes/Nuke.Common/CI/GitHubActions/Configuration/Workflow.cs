#nullable disable
using Nuke.Common.Utilities;

namespace Nuke.Common.CI.GitHubActions.Configuration;

/// <summary>A workflow file.</summary>
public class GitHubActionsConfiguration : ConfigurationEntity
{
    public string Name { get; set; }
    public GitHubActionsTrigger[] ShortTriggers { get; set; } = [];
    public GitHubActionsDetailedTrigger[] DetailedTriggers { get; set; } = [];
    public (GitHubActionsPermissions Type, string Permission)[] Permissions { get; set; } = [];
    public string ConcurrencyGroup { get; set; }
    public bool ConcurrencyCancelInProgress { get; set; }
    public GitHubActionsJob[] Jobs { get; set; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"name: {Name}");
        writer.WriteLine();
        if (ShortTriggers.Length > 0)
        {
            writer.WriteLine($"on: [{ShortTriggers.Select(x => x.GetValue()).JoinComma()}]");
        }
        else
        {
            writer.WriteLine("on:");
            using (writer.Indent())
            {
                foreach (var trigger in DetailedTriggers)
                    trigger.Write(writer);
            }
        }

        // What a job's token may do is granted job by job.
        writer.WriteLine();
        writer.WriteLine("permissions: {}");
        writer.WriteLine();
        Yaml.WriteConcurrency(writer, ConcurrencyGroup ?? Yaml.DefaultConcurrencyGroup, ConcurrencyGroup == null ? Yaml.CancelSupersededPullRequests : Yaml.Bool(ConcurrencyCancelInProgress));
        writer.WriteLine();
        writer.WriteLine("jobs:");
        using (writer.Indent())
        {
            for (var i = 0; i < Jobs.Length; i++)
            {
                if (i > 0)
                    writer.WriteLine();
                Jobs[i].Permissions ??= Permissions;
                Jobs[i].Write(writer);
            }
        }
    }
}

/// <summary>One job.</summary>
public class GitHubActionsJob : ConfigurationEntity
{
    // A job without a limit holds a runner for six hours when it hangs.
    private const int DefaultTimeoutMinutes = 60;

    public string Name { get; set; }
    public GitHubActionsImage Image { get; set; }
    public int TimeoutMinutes { get; set; }
    public string ConcurrencyGroup { get; set; }
    public bool ConcurrencyCancelInProgress { get; set; }
    public string EnvironmentName { get; set; }
    public string EnvironmentUrl { get; set; }
    public GitHubActionsStep[] Steps { get; set; } = [];

    internal (GitHubActionsPermissions Type, string Permission)[] Permissions { get; set; }

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"{Name.Replace('.', '_')}:");
        using (writer.Indent())
        {
            writer.WriteLine($"name: {Name}");
            writer.WriteLine($"runs-on: {Image.GetValue()}");
            writer.WriteLine($"timeout-minutes: {(TimeoutMinutes > 0 ? TimeoutMinutes : DefaultTimeoutMinutes)}");
            WritePermissions(writer);
            WriteEnvironment(writer);
            if (!string.IsNullOrWhiteSpace(ConcurrencyGroup))
                Yaml.WriteConcurrency(writer, ConcurrencyGroup, Yaml.Bool(ConcurrencyCancelInProgress));
            writer.WriteLine("steps:");
            using (writer.Indent())
            {
                foreach (var step in Steps)
                    step.Write(writer);
            }
        }
    }

    private void WritePermissions(CustomFileWriter writer)
    {
        writer.WriteLine("permissions:");
        using (writer.Indent())
        {
            var permissions = Permissions ?? [];
            // The checkout needs this; everything else must be asked for.
            if (!permissions.Any(x => x.Type == GitHubActionsPermissions.Contents))
                writer.WriteLine("contents: read");
            foreach (var (type, permission) in permissions)
                writer.WriteLine($"{type.GetValue()}: {permission}");
        }
    }

    private void WriteEnvironment(CustomFileWriter writer)
    {
        if (string.IsNullOrWhiteSpace(EnvironmentName))
            return;
        writer.WriteLine("environment:");
        using (writer.Indent())
        {
            writer.WriteLine($"name: {EnvironmentName}");
            if (!string.IsNullOrWhiteSpace(EnvironmentUrl))
                writer.WriteLine($"url: {EnvironmentUrl}");
        }
    }
}

internal static class Yaml
{
    public const string DefaultConcurrencyGroup =
        "${{ github.workflow }} @ ${{ github.event.pull_request.head.label || github.head_ref || github.run_id }}";

    /// <summary>A newer push makes a pull request's run pointless; anything else is never cancelled halfway.</summary>
    public const string CancelSupersededPullRequests = "${{ github.event_name == 'pull_request' }}";

    public static string Bool(bool value) => value ? "true" : "false";

    public static void WriteConcurrency(CustomFileWriter writer, string group, string cancelInProgress)
    {
        writer.WriteLine("concurrency:");
        using (writer.Indent())
        {
            writer.WriteLine($"group: {group}");
            writer.WriteLine($"cancel-in-progress: {cancelInProgress}");
        }
    }

    /// <summary>A path or pattern, quoted where YAML would read something else.</summary>
    public static string Quote(string text) =>
        text.AsSpan().IndexOfAny(".*!?+[](){}&#:@%'\"|> ") >= 0 || text.Length == 0 ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : text;

    public static void WriteList(CustomFileWriter writer, string key, IReadOnlyCollection<string> values, string prefix = "")
    {
        if (values.Count == 0)
            return;
        writer.WriteLine($"{key}:");
        using (writer.Indent())
        {
            foreach (var value in values)
                writer.WriteLine($"- {Quote(prefix + value)}");
        }
    }
}
