using System.Collections.Frozen;
using Amazon.CloudFormation;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// Points the services' name at their load balancer. That is made in the cluster, after the stacks, so the stack dns gets its
/// name in an update of its own; ApplyInfra keeps it from then on.
/// </summary>
public sealed class ApiRecord(Func<string?, IAmazonCloudFormation> cloudFormationIn, ILoggerFactory loggers, TimeProvider time)
{
    private const string Stack = "dns";

    /// <summary>
    /// The hosted zone of each region's Application Load Balancers, which an alias record has to name. Source: AWS General
    /// Reference, "Elastic Load Balancing endpoints and quotas".
    /// </summary>
    private static readonly FrozenDictionary<string, string> Zones = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ap-northeast-1"] = "Z14GRHDCWA56QT",
        ["ap-northeast-2"] = "ZWKZPGTI48KDX",
        ["ap-south-1"] = "ZP97RAFLXTNZK",
        ["ap-southeast-1"] = "Z1LMS91P8CMLE5",
        ["ap-southeast-2"] = "Z1GM3OXH4ZPM65",
        ["eu-central-1"] = "Z215JYRZR1TBD5",
        ["eu-west-1"] = "Z32O12XQLNTSW2",
        ["eu-west-2"] = "ZHURV8PSTC4K8",
        ["us-east-1"] = "Z35SXDOTRQ7X7K",
        ["us-east-2"] = "Z3AADJGX6KTTL2",
        ["us-west-1"] = "Z368ELLRRE2KJ0",
        ["us-west-2"] = "Z1H1FL5HABSF5",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the environment has a name for its services at all.</summary>
    public static bool IsWanted(InfrastructureRequest request) => SingleStack.Find(request, Stack) is not null;

    /// <summary>Applies the stack dns alone, with the load balancer's name; makes no write call where it has it.</summary>
    /// <param name="request">The environment.</param>
    /// <param name="address">"k8s-tiketialb-1234.ap-northeast-2.elb.amazonaws.com".</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="PipelineException">The name is no load balancer's, or the stack cannot be applied.</exception>
    public Task<StackResult> ApplyAsync(InfrastructureRequest request, string address, CancellationToken cancellationToken = default) => SingleStack.ApplyAsync(
        request, SingleStack.Find(request, Stack)!,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["ApiAddress"] = address, ["ApiAddressZoneId"] = ZoneOf(address) },
        cloudFormationIn, loggers, time, cancellationToken);

    /// <summary>The zone that an alias to a load balancer names.</summary>
    /// <exception cref="PipelineException">The name is not one of a load balancer in a region that is known.</exception>
    public static string ZoneOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Split('.') is [.., var region, "elb", "amazonaws", "com"] && Zones.TryGetValue(region, out var zone) ? zone : throw new PipelineException(
            $"{address} is not the name of a load balancer whose zone is known.",
            "Give both in the environment's parameters: ApiAddress, and ApiAddressZoneId (aws elbv2 describe-load-balancers shows CanonicalHostedZoneId).");
    }
}
