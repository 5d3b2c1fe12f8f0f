using Tiketi.Pipeline.Addons;
using Tiketi.Pipeline.Diagnostics;
using Tiketi.Pipeline.Verification;

/// <summary>What must be there before anything starts.</summary>
interface IDoctor : IHazEnvironment
{
    async Task DoctorAsync()
    {
        _ = Session.Services; // the configuration: every mistake in it, with its line
        var checks = new List<ICheck>
        {
            DoctorChecks.Tool("node", "builds the site", ["--version"], new Version(20, 19), "Install Node.js 20.19 or newer: https://nodejs.org, or apt-get install nodejs."),
            DoctorChecks.Tool("npm", "installs the site's packages", ["--version"], new Version(9, 0), "It comes with Node.js; on Debian: apt-get install npm."),
            DoctorChecks.Tool("kubectl", "renders the manifests (kubectl kustomize)", ["version", "--client"], new Version(1, 27), "Install kubectl 1.27 or newer: https://kubernetes.io/docs/tasks/tools."),
            DoctorChecks.DiskSpace(RootDirectory),
        };
        if (!Session.IsLocal)
        {
            checks.Add(DoctorChecks.Tool("helm", "installs the load balancer controller", ["version", "--short"], new Version(3, 8), HelmReleases.Remedy));
            checks.Add(DoctorChecks.DockerEngine(Session.Docker));
            checks.Add(DoctorChecks.AwsIdentity(Session.Aws.Sts));
        }

        var result = await new CheckRunner(TimeProvider.System, Session.Logger<CheckRunner>()).RunAsync(checks, cancellationToken: Session.Cancellation);
        this.Show(result);
    }
}
