using Amazon.SecurityToken.Model;
using Tiketi.Pipeline.Infrastructure;

/// <summary>The stacks of infra/.</summary>
interface IInfrastructure : ICost
{
    StackDeployer StackDeployer => new(Session.Aws.CloudFormationIn, Session.Logger<StackDeployer>(), TimeProvider.System);

    [Parameter("Where PlanInfra and Plan also write the plan, for ApplyInfra --plan-file")]
    AbsolutePath PlanOut => TryGetValue(() => PlanOut);

    [Parameter("The plan that ApplyInfra carries out, and nothing else; refused when anything has changed since it was made", Name = "plan-file")]
    AbsolutePath ApprovedPlanFile => TryGetValue(() => ApprovedPlanFile);

    [Parameter("Resources (logical ids) that hold data and that ApplyInfra may replace or delete all the same", Separator = ",")]
    string[] AllowReplacement => TryGetValue(() => AllowReplacement) ?? [];

    [Parameter("Resources (logical ids) that a rollback which failed before may leave as they are", Separator = ",")]
    string[] SkipRollback => TryGetValue(() => SkipRollback) ?? [];

    InfrastructureRequest InfrastructureRequest => Session.Infrastructure with
    {
        Progress = Session.Progress.Take,
        AllowedReplacements = AllowReplacement,
        SkippedInRollback = SkipRollback,
    };

    async Task PlanInfraAsync()
    {
        var plan = await PlanStacksAsync();
        this.Report(("Stacks to change", plan.StacksChanged), ("Resources", plan.ResourcesChanged));
    }

    /// <summary>Makes, shows and, where asked, writes the plan.</summary>
    async Task<InfrastructurePlan> PlanStacksAsync()
    {
        var plan = await StackDeployer.PlanAsync(InfrastructureRequest, Session.Cancellation);
        Printing.Plan(plan);
        await ShowCostDifferenceAsync(plan);
        if (PlanOut is not null)
        {
            var file = new PlanFile(PlanFile.CurrentSchema, TimeProvider.System.GetUtcNow(), await PlanTargetAsync(), plan);
            await file.SaveAsync(PlanOut, Session.Cancellation);
            Log.Information("The plan is in {File:l}", PlanOut);
        }

        return plan;
    }

    async Task<PlanTarget> PlanTargetAsync()
    {
        var caller = await Session.Aws.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Session.Cancellation);
        return new PlanTarget(Session.Settings.Name, caller.Account, Session.Settings.Region);
    }

    async Task<InfrastructurePlan> ApprovedPlanAsync()
    {
        if (ApprovedPlanFile is null)
        {
            return null;
        }

        var file = await PlanFile.LoadAsync(ApprovedPlanFile, Session.Cancellation);
        file.RequireFor(await PlanTargetAsync());
        return file.Plan;
    }

    async Task ApplyInfraAsync()
    {
        var request = InfrastructureRequest with { ApprovedPlan = await ApprovedPlanAsync() };
        using var reminder = Session.Progress.Remind();
        var result = await StackDeployer.ApplyAsync(request, Session.Cancellation);
        Session.Outputs.Forget();
        foreach (var stack in result.Stacks)
        {
            Log.Information("{Stack}: {Outcome}, {Resources} resources changed, {Elapsed:0.0} s", stack.StackName, stack.Outcome, stack.ResourcesChanged, stack.Elapsed.TotalSeconds);
        }

        this.Report(("Changed", result.Created + result.Updated), ("Unchanged", result.Unchanged), ("Resources", result.ResourcesChanged));
    }
}
