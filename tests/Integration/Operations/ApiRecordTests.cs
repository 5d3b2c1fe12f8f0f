using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Infrastructure;
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
    public void An_environment_without_a_domain_wants_no_record_and_a_strange_name_is_refused()
    {
        var template = File.ReadAllText(Path.Combine(Repository.Root, "infra", "dns.yaml"));

        ApiRecord.IsWanted(aws.Environment("nameless", ("dns", template))).Should().BeFalse();
        FluentActions.Invoking(() => ApiRecord.ZoneOf("localhost")).Should().Throw<PipelineException>().WithMessage("localhost is not the name of a load balancer*");
    }
}
