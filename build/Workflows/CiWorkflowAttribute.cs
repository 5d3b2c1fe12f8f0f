using Nuke.Common.Execution;

/// <summary>ci.yml: what a pull request must pass, and main must keep passing. It has no environment, so no role and no secret.</summary>
sealed class CiWorkflowAttribute(string target) : WorkflowAttributeBase
{
    /// <summary>A script, relative to the root, that installs what the target drives from outside.</summary>
    public string Preparation { get; set; }

    protected override string Name => "ci";

    public override IEnumerable<string> RelevantTargetNames => [target];

    public override ConfigurationEntity GetConfiguration(IReadOnlyCollection<ExecutableTarget> relevantTargets)
    {
        var secrets = RequiredSecrets(Find(relevantTargets, target));
        Assert.True(secrets.Count == 0, $"{target} requires the secret {secrets.JoinComma()}, and pull requests get none: run it in an environment's workflow");
        return new Workflow
        {
            Name = Name,
            Triggers = "pull_request:\npush:\n  branches: [main]",
            ConcurrencyGroup = "ci-${{ github.event.pull_request.number || github.run_id }}",
            CancelsSupersededPullRequests = true,
            Jobs = [new WorkflowJob { Id = "test", Target = target, TimeoutMinutes = 60, Preparation = Preparation }],
        };
    }
}
