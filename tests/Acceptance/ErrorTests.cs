using System.Net;
using System.Net.Sockets;

namespace Tiketi.Acceptance;

/// <summary>Each mistake ends in one clear message with the cause and the remedy, and a non-zero exit code; and the running system stays as it was.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class ErrorTests(Deployment deployment)
{
    [Theory]
    [InlineData("Deploy --enviroment local", "--environment")]
    [InlineData("Deplyo", "Deploy")]
    [InlineData("Deploy --environment prod", "Known environments: local, production, staging")]
    [InlineData("LoadTest --environment production --scenario queue", "--allow-production")]
    [InlineData("Deploy --environment production --load-test", "--allow-production")]
    [InlineData("BuildImages --app-root no/such/folder", "--app-root")]
    public async Task AMistypedCommand_NamesWhatWasMeant(string command, string expected)
    {
        var run = (await deployment.Checkout.BuildAsync(command.Split(' '))).ShouldFail();

        run.Output.Should().Contain(expected).And.NotContain("   at ");
    }

    [Theory]
    [InlineData("Doctor")] // asks with the published SDK
    [InlineData("PlanInfra")] // and this with a substitute
    public async Task MissingCredentials_AreCalledThat(string target)
    {
        var nobody = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["AWS_ACCESS_KEY_ID"] = null, ["AWS_PROFILE"] = null, ["AWS_WEB_IDENTITY_TOKEN_FILE"] = null,
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/nowhere", ["AWS_CONFIG_FILE"] = "/nowhere", ["AWS_EC2_METADATA_DISABLED"] = "true",
        };

        var run = (await deployment.Checkout.BuildAsync(nobody, target, "--environment", "production")).ShouldFail();

        run.Output.Should().Contain("No AWS credentials were found").And.Contain("aws sso login").And.NotContain("   at ");
    }

    [Fact]
    public async Task ADockerfileThatFails_IsShownWithItsInstructionAndLastLines()
    {
        await WithEditAsync(
            "samples/tiketi/services/stats-service/Dockerfile",
            text => text + "\nRUN echo this-cannot-work && exit 7\n",
            async () =>
            {
                var run = (await deployment.Checkout.BuildAsync("BuildImages")).ShouldFail();

                run.Output.Should().Contain("stats-service").And.Contain("exit 7").And.Contain("this-cannot-work");
            });
    }

    [Fact]
    public async Task AServiceThatCrashLoops_IsNamedWithItsLastLog_AndTheOldVersionGoesOnServing()
    {
        await WithEditAsync(
            "samples/tiketi/services/stats-service/src/index.js",
            text => "console.error('this version cannot start');\nprocess.exit(3);\n" + text,
            async () =>
            {
                var run = (await deployment.Checkout.BuildAsync("DeployK8s")).ShouldFail();

                run.Output.Should().Contain("stats-service").And.Contain("this version cannot start");
                (await deployment.Http.GetAsync(new Uri(deployment.Checkout.Api, "/api/stats"))).StatusCode.Should().Be(HttpStatusCode.OK);
            });
        (await deployment.Checkout.BuildAsync("DeployK8s")).ShouldSucceed();
    }

    [Fact]
    public async Task ABrokenTemplate_IsNamedWithItsStack()
    {
        await WithEditAsync(
            "infra/network.yaml",
            text => text.Replace("AWS::EC2::VPC\n", "AWS::EC2::VPCC\n", StringComparison.Ordinal),
            async () =>
            {
                var run = (await deployment.Checkout.BuildAsync("ApplyInfra")).ShouldFail();

                run.Output.Should().Contain("infra/network.yaml").And.Contain("AWS::EC2::VPCC");
            });
    }

    [Fact]
    public async Task AnOccupiedPort_IsNamedWithItsRemedy()
    {
        (await deployment.Checkout.BuildAsync("LocalDown")).ShouldSucceed();
        using (var squatter = new TcpListener(IPAddress.Loopback, deployment.Checkout.IngressPort))
        {
            squatter.Start();

            var run = (await deployment.Checkout.BuildAsync("LocalUp")).ShouldFail();

            run.Output.Should().Contain($"{deployment.Checkout.IngressPort}").And.Contain("ingressPort");
        }

        (await deployment.Checkout.BuildAsync("LocalUp")).ShouldSucceed();
        (await deployment.Checkout.BuildAsync("SmokeTest")).ShouldSucceed();
    }

    private async Task WithEditAsync(string file, Func<string, string> change, Func<Task> test)
    {
        var path = Path.Combine(deployment.Checkout.Root, file);
        var before = await File.ReadAllTextAsync(path);
        deployment.Checkout.Edit(file, change);
        try
        {
            await test();
        }
        finally
        {
            await File.WriteAllTextAsync(path, before);
        }
    }
}
