using Amazon.CloudFormation;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// Gives the stack observability the load balancer that the services' ingress got, whose answers its alarm of the API's errors
/// counts. CloudWatch knows load balancers by a name with a random end, so it cannot be written down beforehand.
/// </summary>
public sealed class ApiAlarm(Func<string?, IAmazonCloudFormation> cloudFormationIn, IAmazonElasticLoadBalancingV2 elb, ILoggerFactory loggers, TimeProvider time)
{
    private const string Stack = "observability";
    private const string Parameter = "ApiLoadBalancer";

    /// <summary>Whether there is an alarm that the environment has not given its load balancer itself.</summary>
    public static bool IsWanted(InfrastructureRequest request) =>
        SingleStack.Find(request, Stack) is not null && string.IsNullOrEmpty(request.Parameters.GetValueOrDefault(Parameter));

    /// <summary>Applies the stack observability alone, with the load balancer; makes no write call where it has it.</summary>
    /// <param name="request">The environment.</param>
    /// <param name="address">The ingress's address, "k8s-tiketialb-1234.ap-northeast-2.elb.amazonaws.com".</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="PipelineException">No load balancer has that address, or the stack cannot be applied.</exception>
    public async Task<StackResult> ApplyAsync(InfrastructureRequest request, string address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var arn = await FindAsync(address, cancellationToken).ConfigureAwait(false);
        return await SingleStack.ApplyAsync(
            request, SingleStack.Find(request, Stack)!, new Dictionary<string, string>(StringComparer.Ordinal) { [Parameter] = MetricName(arn) },
            cloudFormationIn, loggers, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>"app/NAME/ID", as metrics call the load balancer of an ARN.</summary>
    internal static string MetricName(string arn) => arn[(arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..];

    private async Task<string> FindAsync(string address, CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Marker = marker }, cancellationToken).ConfigureAwait(false);
            if (page.LoadBalancers?.Find(balancer => string.Equals(balancer.DNSName, address, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return found.LoadBalancerArn;
            }

            marker = page.NextMarker;
        }
        while (!string.IsNullOrEmpty(marker));

        throw new PipelineException(
            $"No load balancer of this account and region has the address {address}, which the ingress names.",
            "See which there are (aws elbv2 describe-load-balancers), and that the ingress and the environment's region belong together.");
    }
}
