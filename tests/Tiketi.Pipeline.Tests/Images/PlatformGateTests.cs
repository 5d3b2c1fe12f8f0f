using Amazon.EKS;
using Amazon.EKS.Model;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class PlatformGateTests
{
    [Theory]
    [InlineData("AL2023_ARM_64_STANDARD", "m7g.large", "linux/arm64")]
    [InlineData("AL2023_x86_64_STANDARD", "t3.medium", "linux/amd64")]
    [InlineData("BOTTLEROCKET_ARM_64_NVIDIA", "g5g.xlarge", "linux/arm64")]
    [InlineData("AL2_x86_64_GPU", "g5.xlarge", "linux/amd64")]
    [InlineData("CUSTOM", "c7gn.large", "linux/arm64")]
    [InlineData("CUSTOM", "a1.large", "linux/arm64")]
    [InlineData("CUSTOM", "g4dn.xlarge", "linux/amd64")]
    [InlineData("CUSTOM", "mac2.metal", "linux/amd64")]
    public async Task NodeGroupsTell_WhereThereIsNoNodeYet(string ami, string instanceType, string platform)
    {
        var eks = Eks((ami, instanceType));
        var other = platform == "linux/amd64" ? "linux/arm64" : "linux/amd64";

        await Gate(eks).CheckAsync("tiketi", [Request("backend", platform)]);

        var failure = (await FluentActions.Awaiting(() => Gate(eks).CheckAsync("tiketi", [Request("backend", platform), Request("stats-service", other)])).Should().ThrowAsync<PipelineException>()).Which;
        failure.Message.Should().Be($"The nodes of cluster tiketi are {platform}, but images are wanted for {other} (stats-service): they would not start there.");
        failure.Remedy.Should().Contain($"'platform: {platform}'");
    }

    [Fact]
    public async Task NodeGroupsTell_WhereWhoBuildsMayNotEnterTheCluster()
    {
        var gate = new PlatformGate(Eks(("AL2023_ARM_64_STANDARD", "m7g.large")), _ => throw new AmazonEKSException("not authorized to perform eks:DescribeCluster"), NullLogger.Instance);

        await FluentActions.Awaiting(() => gate.CheckAsync("tiketi", [Request("backend", "linux/amd64")])).Should().ThrowAsync<PipelineException>().WithMessage("*are linux/arm64, but*");
    }

    [Fact]
    public async Task NodesTell_WhereThereAreSome()
    {
        var gate = Gate(Eks(("AL2023_x86_64_STANDARD", "t3.medium")), "arm64");

        await gate.CheckAsync("tiketi", [Request("backend", "linux/arm64")]);
        await FluentActions.Awaiting(() => gate.CheckAsync("tiketi", [Request("backend", "linux/amd64"), Request("auth-service", "linux/amd64")])).Should().ThrowAsync<PipelineException>().WithMessage("*are linux/arm64, but*linux/amd64 (backend, auth-service)*");
    }

    [Fact]
    public async Task AClusterWithNodesOfBothKinds_TakesEither()
    {
        var gate = Gate(Eks(), "arm64", "amd64");

        await gate.CheckAsync("tiketi", [Request("backend", "linux/arm64"), Request("stats-service", "linux/amd64")]);
    }

    [Fact]
    public async Task WithoutACluster_NothingIsCompared()
    {
        var eks = Substitute.For<IAmazonEKS>();
        eks.ListNodegroupsAsync(Arg.Any<ListNodegroupsRequest>(), Arg.Any<CancellationToken>()).ThrowsAsync(new ResourceNotFoundException("no such cluster"));
        var log = new Lines();

        await new PlatformGate(eks, _ => throw new InvalidOperationException("must not be asked"), log).CheckAsync("tiketi", [Request("backend", "linux/s390x")]);

        log.Said.Should().ContainSingle().Which.Should().StartWith("Debug: There is no cluster tiketi yet");
    }

    [Fact]
    public async Task WhoMayNotAsk_IsToldThatNothingWasCompared()
    {
        var eks = Substitute.For<IAmazonEKS>();
        eks.ListNodegroupsAsync(Arg.Any<ListNodegroupsRequest>(), Arg.Any<CancellationToken>()).ThrowsAsync(new AmazonEKSException("not authorized to perform eks:ListNodegroups"));
        var log = new Lines();

        await new PlatformGate(eks, _ => throw new InvalidOperationException("must not be asked"), log).CheckAsync("tiketi", [Request("backend", "linux/amd64")]);

        log.Said.Should().ContainSingle().Which.Should().StartWith("Warning: ").And.Contain("eks:ListNodegroups");
    }

    private static PlatformGate Gate(IAmazonEKS eks, params string[] nodes) => new(eks, _ => Task.FromResult(Cluster(nodes)), NullLogger.Instance);

    private static IAmazonEKS Eks(params (string Ami, string InstanceType)[] groups)
    {
        var eks = Substitute.For<IAmazonEKS>();
        eks.ListNodegroupsAsync(Arg.Any<ListNodegroupsRequest>(), Arg.Any<CancellationToken>())
            .Returns(new ListNodegroupsResponse { Nodegroups = [.. groups.Select((_, index) => index.ToString())] });
        eks.DescribeNodegroupAsync(Arg.Any<DescribeNodegroupRequest>(), Arg.Any<CancellationToken>()).Returns(call =>
        {
            var (ami, instanceType) = groups[int.Parse(call.Arg<DescribeNodegroupRequest>().NodegroupName)];
            return new DescribeNodegroupResponse { Nodegroup = new Nodegroup { AmiType = new AMITypes(ami), InstanceTypes = [instanceType] } };
        });
        return eks;
    }

    private static IKubernetes Cluster(string[] nodes)
    {
        var list = new V1NodeList
        {
            Items = [.. nodes.Select(architecture => new V1Node { Status = new V1NodeStatus { NodeInfo = new V1NodeSystemInfo { OperatingSystem = "linux", Architecture = architecture } } })],
        };
        var core = Substitute.For<ICoreV1Operations>();
        core.ListNodeWithHttpMessagesAsync().ReturnsForAnyArgs(new HttpOperationResponse<V1NodeList> { Body = list });
        var cluster = Substitute.For<IKubernetes>();
        cluster.CoreV1.Returns(core);
        return cluster;
    }

    private static ImageRequest Request(string service, string platform) => new() { Service = service, Context = "/", Dockerfile = "/Dockerfile", Platform = platform, Repository = service };

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
