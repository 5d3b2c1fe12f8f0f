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
