#nullable disable
using Nuke.Common.Utilities;

namespace Nuke.Common.CI.GitHubActions.Configuration;

/// <summary>One step of a job.</summary>
public abstract class GitHubActionsStep : ConfigurationEntity;

/// <summary>Gets the repository, without leaving a credential behind.</summary>
public class GitHubActionsCheckoutStep : GitHubActionsStep
{
    public GitHubActionsSubmodules? Submodules { get; set; }
    public bool? Lfs { get; set; }
    public uint? FetchDepth { get; set; }
    public bool? Progress { get; set; }
    public string Filter { get; set; }

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"- uses: {PinnedActions.Checkout}");
        using (writer.Indent())
        {
            writer.WriteLine("with:");
            using (writer.Indent())
            {
                // Later steps would find the token in .git/config.
                writer.WriteLine("persist-credentials: false");
                if (Submodules is { } submodules)
                    writer.WriteLine($"submodules: {submodules.GetValue()}");
                if (Lfs is { } lfs)
                    writer.WriteLine($"lfs: {Yaml.Bool(lfs)}");
                if (FetchDepth is { } depth)
                    writer.WriteLine($"fetch-depth: {depth}");
                if (Progress is { } progress)
                    writer.WriteLine($"progress: {Yaml.Bool(progress)}");
                if (!string.IsNullOrWhiteSpace(Filter))
                    writer.WriteLine($"filter: {Yaml.Quote(Filter)}");
            }
        }
    }
}

/// <summary>Restores and saves directories between runs.</summary>
public class GitHubActionsCacheStep : GitHubActionsStep
{
    public string[] IncludePatterns { get; set; } = [];
    public string[] ExcludePatterns { get; set; } = [];
    public string[] KeyFiles { get; set; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"- name: {Yaml.Quote("Cache: " + IncludePatterns.JoinComma())}");
        using (writer.Indent())
        {
            writer.WriteLine($"uses: {PinnedActions.Cache}");
            writer.WriteLine("with:");
            using (writer.Indent())
            {
                writer.WriteLine("path: |");
                using (writer.Indent())
                {
                    foreach (var pattern in IncludePatterns)
                        writer.WriteLine(pattern);
                    foreach (var pattern in ExcludePatterns)
                        writer.WriteLine($"!{pattern}");
                }

                writer.WriteLine($"key: ${{{{ runner.os }}}}-${{{{ hashFiles({KeyFiles.Select(x => x.SingleQuote()).JoinComma()}) }}}}");
            }
        }
    }
}

/// <summary>Runs targets, by the same command as anywhere else.</summary>
public class GitHubActionsRunStep : GitHubActionsStep
{
    public string BuildCmdPath { get; set; }
    public string[] InvokedTargets { get; set; } = [];
    public Dictionary<string, string> Imports { get; set; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"- name: {Yaml.Quote("Run: " + InvokedTargets.JoinComma())}");
        using (writer.Indent())
        {
            writer.WriteLine($"run: ./{BuildCmdPath} {InvokedTargets.JoinSpace()}");
            if (Imports.Count == 0)
                return;
            // Values reach the command by environment variables only: expressions in run: would be shell code.
            writer.WriteLine("env:");
            using (writer.Indent())
            {
                foreach (var (key, value) in Imports)
                    writer.WriteLine($"{key}: {value}");
            }
        }
    }
}

/// <summary>Keeps files of the run.</summary>
public class GitHubActionsArtifactStep : GitHubActionsStep
{
    public string Name { get; set; }
    public string Path { get; set; }
    public string Condition { get; set; }

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"- name: {Yaml.Quote("Publish: " + Name)}");
        using (writer.Indent())
        {
            writer.WriteLine($"uses: {PinnedActions.UploadArtifact}");
            if (!string.IsNullOrWhiteSpace(Condition))
                writer.WriteLine($"if: {Condition}");
            writer.WriteLine("with:");
            using (writer.Indent())
            {
                writer.WriteLine($"name: {Name}");
                writer.WriteLine($"path: {Path}");
            }
        }
    }
}
