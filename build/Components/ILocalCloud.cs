/// <summary>The embedded cloud: a process of its own, reached only over AWS's, Docker's and Kubernetes' protocols.</summary>
interface ILocalCloud : IHazEnvironment
{
    async Task LocalUpAsync()
    {
        var local = await Session.LocalCloud.UpAsync(Session.Settings, Session.Cancellation);
        Log.Information("AWS {Aws}, Kubernetes {Kubernetes}, services {Ingress}, site {Cdn}", local.Endpoints.Aws, local.Endpoints.Kubernetes, local.Endpoints.Ingress, local.Endpoints.Cdn);
        this.Report((local.Started ? "Started" : "Running", $"pid {local.Pid}"));
    }

    async Task LocalDownAsync() => await Session.LocalCloud.DownAsync(Session.Cancellation);

    async Task LocalStatusAsync()
    {
        await Session.LocalCloud.StatusAsync(Session.Cancellation);
        if (Session.LocalCloud.ClientSettings.FileExists())
        {
            Log.Information("For aws, kubectl and docker:  source {File:l}", Session.LocalCloud.ClientSettings);
        }
    }
}
