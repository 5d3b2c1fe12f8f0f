using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Drift;

/// <summary>Whether somebody changed what the stacks of infra/ made.</summary>
interface IDrift : IInfrastructure
{
    async Task DriftInfraAsync()
    {
        var report = await new DriftDetector(Session.Aws.CloudFormationIn, TimeProvider.System).DetectAsync(InfrastructureRequest, Session.Cancellation);
        Printing.Show("Drift", report.ToLines());
        this.Report(("Compared", report.Compared), ("Drifted", report.Drifted), ("Not comparable", report.Unsupported));
        if (!report.IsInSync)
        {
            var stacks = report.Stacks.Where(stack => stack.Outcome != StackDriftOutcome.InSync).Select(stack => $"{stack.StackName} {stack.Outcome}");
            throw new PipelineException(
                $"Environment {Session.Settings.Name} is not what its templates state: {string.Join(", ", stacks)} ({report.Drifted} resources).",
                "See above. Undo the change by hand, or write it into infra/ and run ApplyInfra, which also makes what is missing.");
        }
    }
}
