using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Kubernetes;

/// <summary>The services' name, pointed at the load balancer that their ingress got.</summary>
interface IApplyDns : IInfrastructure
{
    async Task ApplyDnsAsync()
    {
        if (Session.IsLocal || !ApiRecord.IsWanted(InfrastructureRequest))
        {
            Log.Information("Environment {Environment} has no DNS zone of its own", Session.Settings.Name);
            return;
        }

        var address = await new IngressAddress(await Session.Kubernetes, TimeProvider.System).WaitAsync(Session.Settings.Namespace, Session.Cancellation);
        var result = await new ApiRecord(Session.Aws.CloudFormationIn, Session.Loggers, TimeProvider.System).ApplyAsync(InfrastructureRequest, address, Session.Cancellation);
        Log.Information("{Host:l} -> {Address:l}: {Outcome}", Session.Settings.ApiUrl.Host, address, result.Outcome);
        this.Report(("Record", result.Outcome));
    }
}
