#nullable disable
using Nuke.Common.Parameters;
using Nuke.Common.Utilities;

namespace Nuke.Common.CI.GitHubActions.Configuration;

/// <summary>An event with details.</summary>
public abstract class GitHubActionsDetailedTrigger : ConfigurationEntity;

/// <summary>Pushes or pull requests.</summary>
public class GitHubActionsVcsTrigger : GitHubActionsDetailedTrigger
{
    public GitHubActionsTrigger Kind { get; set; }
    public string[] Branches { get; set; } = [];
    public string[] BranchesIgnore { get; set; } = [];
    public string[] Tags { get; set; } = [];
    public string[] TagsIgnore { get; set; } = [];
    public string[] IncludePaths { get; set; } = [];
    public string[] ExcludePaths { get; set; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"{Kind.GetValue()}:");
        using (writer.Indent())
        {
            Yaml.WriteList(writer, "branches", Branches);
            Yaml.WriteList(writer, "branches-ignore", BranchesIgnore);
            // GitHub knows no tags of pull requests.
            if (Kind == GitHubActionsTrigger.Push)
            {
                Yaml.WriteList(writer, "tags", Tags);
                Yaml.WriteList(writer, "tags-ignore", TagsIgnore);
            }

            Yaml.WriteList(writer, "paths", [.. IncludePaths, .. ExcludePaths.Select(x => "!" + x)]);
        }
    }
}

/// <summary>A person's request, with inputs.</summary>
public class GitHubActionsWorkflowDispatchTrigger : GitHubActionsDetailedTrigger
{
    public string[] OptionalInputs { get; set; } = [];
    public string[] RequiredInputs { get; set; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine("workflow_dispatch:");
        using (writer.Indent())
        {
            writer.WriteLine("inputs:");
            using (writer.Indent())
            {
                foreach (var input in OptionalInputs)
                    WriteInput(writer, input, required: false);
                foreach (var input in RequiredInputs)
                    WriteInput(writer, input, required: true);
            }
        }
    }

    private static void WriteInput(CustomFileWriter writer, string name, bool required)
    {
        writer.WriteLine($"{name}:");
        using (writer.Indent())
        {
            writer.WriteLine($"description: \"{ParameterMember.ToWords(name, ' ')}\"");
            writer.WriteLine($"required: {Yaml.Bool(required)}");
        }
    }
}

/// <summary>A point in time.</summary>
public class GitHubActionsScheduledTrigger : GitHubActionsDetailedTrigger
{
    public string Cron { get; set; }

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine("schedule:");
        using (writer.Indent())
            writer.WriteLine($"- cron: '{Cron}'");
    }
}
