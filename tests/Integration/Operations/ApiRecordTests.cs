using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Testing;

namespace Tiketi.Integration.Operations;

/// <summary>The real dns stack gets the load balancer's name after the services are there, and keeps it.</summary>
public sealed class ApiRecordTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Address = "k8s-tiketialb-0123456789.ap-northeast-2.elb.amazonaws.com";

    [Fact]
    public async Task The_record_is_made_once_moved_when_the_load_balancer_changes_and_kept_by_ApplyInfra()
    {
        var request = aws.Environment("named", ("dns", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "dns.yaml"), TestContext.Current.CancellationToken)))
            with { Parameters = new Dictionary<string, string> { ["Domain"] = "tiketi.example" } };
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        var record = new ApiRecord(aws.CloudFormationIn, NullLoggerFactory.Instance, TimeProvider.System);

        (await record.ApplyAsync(request, Address, TestContext.Current.CancellationToken)).Outcome.Should().Be(StackOutcome.Updated);
        (await record.ApplyAsync(request, Address, TestContext.Current.CancellationToken)).Outcome.Should().Be(StackOutcome.Unchanged, "it is right already");
        (await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken)).Unchanged.Should().Be(1, "ApplyInfra keeps what another step has set");
        (await aws.AwsAsync("cloudformation describe-stacks --stack-name tiketi-named-dns")).Should().Contain(Address).And.Contain("ZWKZPGTI48KDX");
        (await aws.AwsAsync("cloudformation describe-stack-resources --stack-name tiketi-named-dns")).Should().Contain("AWS::Route53::RecordSet");
        (await record.ApplyAsync(request, "other-1.ap-northeast-2.elb.amazonaws.com", TestContext.Current.CancellationToken)).Outcome.Should().Be(StackOutcome.Updated);
    }

    [Fact]
    public async Task The_address_is_waited_for_as_long_as_the_controller_takes_and_no_longer()
    {
        await aws.Deployer.ApplyAsync(aws.Environment("waiting", ("cluster", LocalAws.Cluster("tiketi-waiting"))), TestContext.Current.CancellationToken);
        using var cluster = await EksCluster.ConnectAsync(aws.Clients.Eks, "tiketi-waiting", aws.Clients.Settings, TimeProvider.System, TestContext.Current.CancellationToken);
        var time = new FakeTimeProvider();
        var address = new IngressAddress(cluster, time);
        (await FluentActions.Awaiting(() => address.WaitAsync("default", TestContext.Current.CancellationToken)).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be("There is no ingress in namespace default.");
        var ingress = LocalAws.Ingress("balanced");
        ingress.Spec.IngressClassName = "alb"; // of a controller that is not here: nobody gives it an address
        ingress = await cluster.NetworkingV1.CreateNamespacedIngressAsync(ingress, "default", cancellationToken: TestContext.Current.CancellationToken);

        (await FluentActions.Awaiting(() => Drive(time, address.WaitAsync("default", TestContext.Current.CancellationToken))).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be("After 10 minutes ingress default/balanced has no load balancer.");
        var waiting = new IngressAddress(cluster, time) { Timeout = TimeSpan.FromDays(365) }.WaitAsync("default", TestContext.Current.CancellationToken);
        ingress.Status = new() { LoadBalancer = new() { Ingress = [new() { Hostname = Address }] } };
        await cluster.NetworkingV1.ReplaceNamespacedIngressStatusAsync(ingress, "balanced", "default", cancellationToken: TestContext.Current.CancellationToken);

        (await Drive(time, waiting)).Should().Be(Address);
    }

    /// <summary>Lets time pass while somebody waits for it.</summary>
    private static async Task<T> Drive<T>(FakeTimeProvider time, Task<T> task)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(task, Task.Delay(10));
        }

        return await task;
    }

    [Fact]
    public void An_environment_without_a_domain_wants_no_record_and_a_strange_name_is_refused()
    {
        var template = File.ReadAllText(Path.Combine(Repository.Root, "infra", "dns.yaml"));

        ApiRecord.IsWanted(aws.Environment("nameless", ("dns", template))).Should().BeFalse();
        FluentActions.Invoking(() => ApiRecord.ZoneOf("localhost")).Should().Throw<PipelineException>().WithMessage("localhost is not the name of a load balancer*");
    }
}
