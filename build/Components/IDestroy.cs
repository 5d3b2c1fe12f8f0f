using k8s;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>The end of an environment.</summary>
interface IDestroy : IInfrastructure, IConfirmed
{
    [Parameter("Switch termination and deletion protection off before destroying", Name = "disable-protection")]
    bool DisableProtection => TryGetValue<bool?>(() => DisableProtection) ?? false;

    [Parameter("Databases (logical ids) that may be destroyed without a snapshot", Name = "allow-data-loss", Separator = ",")]
    string[] AllowDataLoss => TryGetValue(() => AllowDataLoss) ?? [];

    [Parameter("Resources (logical ids) that could not be destroyed and are to be left where they are", Name = "retain-resources", Separator = ",")]
    string[] RetainResources => TryGetValue(() => RetainResources) ?? [];

    async Task DestroyInfraAsync()
    {
        var destroyer = new EnvironmentDestroyer(Session.Aws.CloudFormationIn, Session.Aws.S3, Session.Aws.Ecr, Session.Loggers, TimeProvider.System);
        var plan = await destroyer.PlanAsync(InfrastructureRequest, Session.Cancellation);
        Printing.Show("To be destroyed", plan.ToLines());
        if (plan.Stacks.Count == 0)
        {
            return;
        }

        var options = new DestroyOptions
        {
            Confirmation = Confirm($"destroy all of this in environment {Session.Settings.Name}"),
            DisableProtection = DisableProtection,
            AllowDataLoss = AllowDataLoss,
            RetainResources = RetainResources,
        };
        var hasCluster = plan.Stacks.Any(stack => stack.Name == "cluster" && stack.Status != "DELETE_FAILED");
        var result = await destroyer.DestroyAsync(InfrastructureRequest, options, hasCluster ? ConnectAsync : null, Session.Cancellation);
        Session.Outputs.Forget();
        foreach (var what in result.Remains)
        {
            Log.Information("Still there, and billed: {What:l}", what);
        }

        this.Report(("Stacks", result.Stacks.Deleted), ("Resources", result.Stacks.ResourcesChanged), ("Objects", result.Objects), ("Images", result.Images));
    }

    async Task<IKubernetes> ConnectAsync(CancellationToken cancellationToken) => await Session.Kubernetes;
}
