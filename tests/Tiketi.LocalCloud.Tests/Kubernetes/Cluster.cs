using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Tests.S3;
using Microsoft.Extensions.DependencyInjection;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>A running local cloud with a cluster made by a stack, kubectl set up by the AWS CLI, and an image for its pods.</summary>
public sealed class Cluster : IAsyncLifetime
{
    /// <summary>BusyBox and nothing else.</summary>
    public const string Image = "kube-test/busybox:1";

    private readonly TemporaryFolder _folder = new();
    private CloudIdentity _identity = null!;

    public RunningCloud Cloud { get; } = new();

    public const string ClusterName = "tiketi-test";

    public string Kubeconfig => Path.Combine(_folder.Path, "kubeconfig");

    private string ExecKubeconfig => Path.Combine(_folder.Path, "kubeconfig-exec");

    public async ValueTask InitializeAsync()
    {
        await Cloud.InitializeAsync();
        _identity = Cloud.Services.GetRequiredService<CloudIdentity>();
        await ImportImageAsync();
        var template = _folder.Write("cluster.yaml", """
            Resources:
              Cluster:
                Type: AWS::EKS::Cluster
                Properties: {Name: tiketi-test, RoleArn: "arn:aws:iam::000000000000:role/cluster", ResourcesVpcConfig: {SubnetIds: [subnet-1]}}
              Nodes:
                Type: AWS::EKS::Nodegroup
                Properties: {ClusterName: !Ref Cluster, NodegroupName: tiketi-nodes, NodeRole: "arn:aws:iam::000000000000:role/node", Subnets: [subnet-1], Labels: {role: worker}}
            """);
        (await Cloud.AwsAsync("cloudformation", "create-stack", "--stack-name", "cluster", "--template-body", "file://" + template)).Ok();
        (await Cloud.AwsAsync("cloudformation", "wait", "stack-create-complete", "--stack-name", "cluster")).Ok();
        (await Cloud.AwsAsync("eks", "update-kubeconfig", "--name", ClusterName, "--kubeconfig", ExecKubeconfig)).Ok();

        // With a token in it kubectl need not run the AWS CLI each time; the CLI's way has a test of its own.
        File.Copy(ExecKubeconfig, Kubeconfig);
        (await KubectlAsync("config", "set-credentials", "token", "--token", await TokenAsync(ClusterName))).Ok();
        (await KubectlAsync("config", "set-context", "--current", "--user", "token")).Ok();
    }

    /// <summary>What the AWS CLI makes as a token for a cluster of this name.</summary>
    public async Task<string> TokenAsync(string cluster) => JsonNode.Parse((await Cloud.AwsAsync("eks", "get-token", "--cluster-name", cluster)).Ok()).Text("status", "token")!;

    public Task<Outcome> KubectlThroughAwsAsync(params string[] arguments) => RunAsync(ExecKubeconfig, input: null, arguments);

    public Task<Outcome> KubectlAsync(params string[] arguments) => KubectlAsync(input: null, arguments);

    public Task<Outcome> KubectlAsync(string? input, string[] arguments) => RunAsync(Kubeconfig, input, arguments);

    private async Task<Outcome> RunAsync(string kubeconfig, string? input, string[] arguments)
    {
        var environment = Cloud.Environment();
        environment["KUBECONFIG"] = kubeconfig;
        environment["HOME"] = _folder.Path; // its discovery cache too
        return await Command.RunAsync("kubectl", arguments, environment, input);
    }

    public async Task ApplyAsync(string manifest, params string[] more) => (await KubectlAsync(manifest, ["apply", "-f", "-", .. more])).Ok();

    public async Task<JsonNode> GetAsync(params string[] arguments) => JsonNode.Parse((await KubectlAsync(["get", "-o", "json", .. arguments])).Ok())!;

    /// <summary>Asks until the answer is there; what it was last is the failure.</summary>
    public async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> answer, int seconds = 60)
    {
        var end = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var last = await ask();
            if (answer(last))
            {
                return last;
            }

            DateTime.UtcNow.Should().BeBefore(end, "it was last: {0}", last);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A namespace that goes when the test is over, with its pods.</summary>
    public async Task<string> NamespaceAsync()
    {
        var name = "kube-" + Guid.NewGuid().ToString("N")[..8];
        (await KubectlAsync("create", "namespace", name)).Ok();
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.StopAsync();
        var left = (await DockerAsync("ps", "-aq", "--filter", $"label={CloudIdentity.Label}={_identity.Name}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (left.Length > 0)
        {
            await DockerAsync(["rm", "-f", .. left]);
        }

        await DockerAsync("network", "rm", _identity.Network);

        await Cloud.DisposeAsync();
        _folder.Dispose();
    }

    public static Task<Outcome> DockerAsync(params string[] arguments) => Command.RunAsync("docker", arguments);

    private async Task ImportImageAsync()
    {
        if ((await DockerAsync("image", "inspect", Image)).ExitCode == 0)
        {
            return;
        }

        var bin = Directory.CreateDirectory(Path.Combine(_folder.Path, "image", "bin"));
        File.Copy("/bin/busybox", Path.Combine(bin.FullName, "busybox"));
        foreach (var applet in new[] { "sh", "sleep", "httpd", "cat", "echo", "wget", "env", "id", "false", "hostname", "mkdir", "touch", "rm", "kill", "head", "tail", "ls", "nc" })
        {
            File.CreateSymbolicLink(Path.Combine(bin.FullName, applet), "busybox");
        }

        var tar = Path.Combine(_folder.Path, "image.tar");
        (await Command.RunAsync("tar", ["-C", Path.Combine(_folder.Path, "image"), "-cf", tar, "bin"])).Ok();
        (await DockerAsync("import", tar, Image)).Ok();
    }
}

[CollectionDefinition(Name)]
public sealed class ClusterTests : ICollectionFixture<Cluster>
{
    public const string Name = "A running cluster";
}
