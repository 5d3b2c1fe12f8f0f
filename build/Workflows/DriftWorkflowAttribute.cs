using Nuke.Common.Execution;

/// <summary>drift.yml: every night, what the environment is compared with what the repository says, by a role that may only read.</summary>
sealed class DriftWorkflowAttribute(string target, string environment) : WorkflowAttributeBase
{
    protected override string Name => "drift";

    public override IEnumerable<string> RelevantTargetNames => [target];

    public override ConfigurationEntity GetConfiguration(IReadOnlyCollection<ExecutableTarget> relevantTargets) => new Workflow
    {
        Name = Name,
        Triggers = "schedule:\n  - cron: '23 18 * * *' # 03:23 in Seoul\nworkflow_dispatch:",
        ConcurrencyGroup = $"drift-{environment}",
        Jobs = [JobInEnvironment("drift", target, environment, "-plan", timeoutMinutes: 30, needs: [], relevantTargets)],
    };
}
