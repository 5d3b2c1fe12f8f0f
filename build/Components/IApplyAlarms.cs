using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Kubernetes;

/// <summary>The alarm of the API's errors, and the load balancer whose answers it counts.</summary>
interface IApplyAlarms : IInfrastructure
{
    async Task ApplyAlarmsAsync()
    {
        if (!ApiAlarm.IsWanted(InfrastructureRequest))
        {
            Log.Information("Environment {Environment} names the load balancer itself, or has no alarms", Session.Settings.Name);
            return;
        }

        var address = await new IngressAddress(await Session.Kubernetes, TimeProvider.System).WaitAsync(Session.Settings.Namespace, Session.Cancellation);
        var result = await new ApiAlarm(Session.Aws.CloudFormationIn, Session.Aws.Elb, Session.Loggers, TimeProvider.System).ApplyAsync(InfrastructureRequest, address, Session.Cancellation);
        Log.Information("The alarm of the API's errors watches {Address:l}: {Outcome}", address, result.Outcome);
        this.Report(("Alarm", result.Outcome));
    }
}
