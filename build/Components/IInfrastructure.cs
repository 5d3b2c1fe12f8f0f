using Tiketi.Pipeline.Infrastructure;

/// <summary>The stacks of infra/.</summary>
interface IInfrastructure : IHazEnvironment
{
    StackDeployer StackDeployer => new(Session.Aws.CloudFormationIn, Session.Logger<StackDeployer>(), TimeProvider.System);

    InfrastructureRequest InfrastructureRequest => Session.Infrastructure with { Progress = Printing.Transition };

    async Task PlanInfraAsync()
    {
        var plan = await StackDeployer.PlanAsync(InfrastructureRequest, Session.Cancellation);
        Printing.Plan(plan);
        this.Report(("Stacks to change", plan.StacksChanged), ("Resources", plan.ResourcesChanged));
    }

    async Task ApplyInfraAsync()
    {
        var result = await StackDeployer.ApplyAsync(InfrastructureRequest, Session.Cancellation);
        Session.Outputs.Forget();
        foreach (var stack in result.Stacks)
        {
            Log.Information("{Stack}: {Outcome}, {Resources} resources changed, {Elapsed:0.0} s", stack.StackName, stack.Outcome, stack.ResourcesChanged, stack.Elapsed.TotalSeconds);
        }

        this.Report(("Changed", result.Created + result.Updated), ("Unchanged", result.Unchanged), ("Resources", result.ResourcesChanged));
    }
}
