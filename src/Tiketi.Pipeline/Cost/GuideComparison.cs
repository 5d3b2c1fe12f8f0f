using System.Globalization;

namespace Tiketi.Pipeline.Cost;

/// <summary>One line of the guide's estimate beside ours.</summary>
/// <param name="Name">"Database" ...</param>
/// <param name="Guide">The guide's US dollars a month; 0 where it has none.</param>
/// <param name="Ours">This environment's.</param>
/// <param name="Why">Why they differ.</param>
public sealed record GuideLine(string Name, decimal Guide, decimal Ours, string Why);

/// <summary>Compares an estimate with chapter 17 of the guide, whose production costs $350-400 a month.</summary>
public static class GuideComparison
{
    private static readonly (string Name, decimal Guide, string Why, Func<CostLine, bool> Has)[] Groups =
    [
        ("EKS control plane", 72, "the guide counts 720 hours, AWS 730", line => line is { Type: "AWS::EKS::Cluster", What: "control plane" }),
        ("Nodes", 60, "the guide has Virginia's price; Seoul's is a quarter higher, and disks are extra", line => line.Type == "AWS::EKS::Nodegroup"),
        ("Database", 130, "the guide has a db.t3.medium with a standby at Virginia's price", line => line.Type == "AWS::RDS::DBInstance"),
        ("Redis", 25, "the guide has two cache.t3.micro at Virginia's price", line => line.Type == "AWS::ElastiCache::ReplicationGroup"),
        ("Load balancer", 22, "public addresses are billed since 2024", line => line.Type == "Application Load Balancer"),
        ("CloudFront", 1, "within the free tier", line => line.Type == "AWS::CloudFront::Distribution"),
        ("DNS", 0.5m, "zone and queries", line => line.Type == "AWS::Route53::HostedZone"),
        ("Buckets", 3, "the guide says 1 to 5", line => line.Type == "AWS::S3::Bucket"),
        ("Data transfer", 50, "an assumption here as there", line => line.Type == "Data transfer"),
        ("NAT gateways", 0, "the guide leaves them out, and their addresses", line => line.Type is "AWS::EC2::NatGateway" or "AWS::EC2::EIP"),
        ("Everything else", 0, "secrets, keys, logs, metrics, alarms, web ACL, images: left out by the guide", _ => true),
    ];

    /// <summary>Every line of the guide, and what it leaves out; the sum of ours is the estimate's total.</summary>
    public static IReadOnlyList<GuideLine> Of(CostEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        var left = estimate.Lines.ToList();
        var lines = new List<GuideLine>();
        foreach (var (name, guide, why, has) in Groups)
        {
            lines.Add(new GuideLine(name, guide, left.Where(has).Sum(line => line.Monthly), why));
            left.RemoveAll(line => has(line));
        }

        return lines;
    }

    /// <summary>The comparison for a terminal.</summary>
    public static IReadOnlyList<string> ToLines(CostEstimate estimate)
    {
        var lines = Of(estimate);
        return
        [
            Row("", "guide", "here", ""),
            .. lines.Select(line => Row(line.Name, Money(line.Guide), Money(line.Ours), line.Why)),
            Row("Together", "350-400", Money(lines.Sum(line => line.Ours)), ""),
        ];

        static string Row(string name, string guide, string ours, string why) => $"{name,-18} {guide,8} {ours,9}  {why}".TrimEnd();
    }

    internal static string Money(decimal usd) => usd.ToString("0.00", CultureInfo.InvariantCulture);
}
