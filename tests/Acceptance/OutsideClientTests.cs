namespace Tiketi.Acceptance;

/// <summary>Programs that we did not write take the local cloud for what it says it is.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class OutsideClientTests(Deployment deployment)
{
    [Theory]
    [InlineData("s3 ls", "tiketi-")]
    [InlineData("ecr describe-images --repository-name tiketi/backend", "imageDigest")]
    [InlineData("cloudformation describe-stacks --stack-name tiketi-local-network", "CREATE_COMPLETE")]
    [InlineData("eks describe-cluster --name tiketi-local", "ACTIVE")]
    [InlineData("cloudfront list-distributions", "DistributionList")]
    public async Task AwsCli(string command, string expected) =>
        (await ClientAsync("aws", command)).ShouldSucceed().Output.Should().Contain(expected);

    [Fact]
    public async Task AwsCli_CopiesAFileThereAndBack()
    {
        var file = Path.Combine(deployment.Checkout.Root, ".nuke/temp/there.txt");
        await File.WriteAllTextAsync(file, "there and back");
        var bucket = (await ClientAsync("aws", "cloudformation describe-stacks --stack-name tiketi-local-storage --query Stacks[0].Outputs[?OutputKey=='UploadsBucketName'].OutputValue --output text"))
            .ShouldSucceed().Output.Trim();

        (await ClientAsync("aws", $"s3 cp {file} s3://{bucket}/there.txt")).ShouldSucceed();

        (await ClientAsync("aws", $"s3 cp s3://{bucket}/there.txt -")).ShouldSucceed().Output.Should().Contain("there and back");
    }

    [Theory]
    [InlineData("get pods -n tiketi", "Running")]
    [InlineData("get deployments,services,ingresses -n tiketi", "tiketi-ingress")]
    [InlineData("describe deployment backend -n tiketi", "RollingUpdate")]
    [InlineData("logs deployment/backend -n tiketi", "{")]
    [InlineData("rollout status deployment/backend -n tiketi --timeout=30s", "successfully rolled out")]
    public async Task Kubectl(string command, string expected) =>
        (await ClientAsync("kubectl", command)).ShouldSucceed().Output.Should().Contain(expected);

    [Fact]
    public async Task WhatSomebodyBreaksWithKubectl_IsDiagnosed_ThroughKubectlsContextToo()
    {
        (await ClientAsync("kubectl", "create deployment broken -n tiketi --image=127.0.0.1:1/absent:1")).ShouldSucceed();
        (await ClientAsync("kubectl", "wait pod -n tiketi -l app=broken --for=condition=PodScheduled --timeout=60s")).ShouldSucceed();
        var ours = (await deployment.Checkout.BuildAsync("Diagnose")).ShouldFail();
        (await ClientAsync("kubectl", "delete deployment broken -n tiketi")).ShouldSucceed();
        var context = (await ClientAsync("kubectl", "config current-context")).ShouldSucceed().Output.Trim();

        var theirs = (await deployment.Checkout.BuildAsync(await deployment.Checkout.ClientEnvironmentAsync(), "Diagnose", "--kube-context", context)).ShouldSucceed();
        var unknown = (await deployment.Checkout.BuildAsync("Diagnose", "--kube-context", "no-such-context")).ShouldFail();

        ours.Output.Should().Contain("Deployment/broken").And.Contain("1 of the namespace's objects are not ready").And.NotContain("   at ");
        theirs.Output.Should().Contain("Everything in the namespace is ready");
        unknown.Output.Should().Contain("no usable context 'no-such-context'").And.Contain("kubectl config get-contexts");
    }

    [Fact]
    public async Task Docker_LogsInAndPullsAPushedImage()
    {
        var registry = $"127.0.0.1:{deployment.Checkout.AwsPort}";
        var password = (await ClientAsync("aws", "ecr get-login-password")).ShouldSucceed().Output.Trim();
        var environment = await deployment.Checkout.ClientEnvironmentAsync();

        (await Command.RunAsync("docker", ["login", "--username", "AWS", "--password-stdin", registry], deployment.Checkout.Root, environment, input: password)).ShouldSucceed();

        (await ClientAsync("docker", $"pull {registry}/tiketi/backend:latest")).ShouldSucceed();
    }

    private async Task<Command.Result> ClientAsync(string program, string command) =>
        await Command.RunAsync(program, command.Split(' '), deployment.Checkout.Root, await deployment.Checkout.ClientEnvironmentAsync());
}
