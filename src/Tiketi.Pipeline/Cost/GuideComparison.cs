using System.Globalization;

namespace Tiketi.Pipeline.Cost;

/// <summary>One line of the guide's estimate beside ours.</summary>
/// <param name="Name">"Database" ...</param>
/// <param name="Guide">The guide's US dollars a month; 0 where it has none.</param>
/// <param name="Ours">This environment's.</param>
/// <param name="Why">Why they differ.</param>
public sealed record GuideLine(string Name, decimal Guide, decimal Ours, string Why)
{
    /// <summary>What this environment costs more; negative where it costs less.</summary>
    public decimal More => Ours - Guide;
}

/// <summary>Compares an estimate with chapter 17 of the guide, whose production costs $350-400 a month.</summary>
public static class GuideComparison
{
    private const int Most = 3;

    private static readonly string[] ClassPrefixes = ["ec2.", "rds.db.", "elasticache.cache."];

    private static readonly (string Name, decimal Guide, string Why, Func<CostLine, bool> Has)[] Groups =
    [
        ("EKS control plane", 72, "the guide counts 720 hours, AWS 730", line => line is { Type: "AWS::EKS::Cluster", What: "control plane" }),
        ("Nodes", 60, "here CLASS and disks, there t3.medium, at Virginia's price", line => line.Type == "AWS::EKS::Nodegroup"),
        ("Database", 130, "here CLASS, there db.t3.medium, at Virginia's price", line => line.Type == "AWS::RDS::DBInstance"),
        ("Redis", 25, "here CLASS, there cache.t3.micro, at Virginia's price", line => line.Type == "AWS::ElastiCache::ReplicationGroup"),
        ("Load balancer", 22, "public addresses are billed since 2024", line => line.Type == "Application Load Balancer"),
        ("CloudFront", 1, "within the free tier", line => line.Type == "AWS::CloudFront::Distribution"),
        ("DNS", 0.5m, "zone and queries", line => line.Type == "AWS::Route53::HostedZone"),
        ("Buckets", 3, "the guide says 1 to 5", line => line.Type == "AWS::S3::Bucket"),
        ("Data transfer", 50, "an assumption here as there", line => line.Type == "Data transfer"),
        ("NAT gateways", 0, "the guide leaves them out, and their addresses", line => line.Type is "AWS::EC2::NatGateway" or "AWS::EC2::EIP"),
        ("Everything else", 0, "secrets, keys, logs, metrics, alarms, web ACL, images: not in the guide", _ => true),
    ];

    /// <summary>Every line of the guide, and what it leaves out; the sum of ours is the estimate's total.</summary>
    public static IReadOnlyList<GuideLine> Of(CostEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        var left = estimate.Lines.ToList();
        var lines = new List<GuideLine>();
        foreach (var (name, guide, why, has) in Groups)
        {
            var ours = left.Where(has).ToList();
            lines.Add(new GuideLine(name, guide, ours.Sum(line => line.Monthly), why.Replace("CLASS", ClassesOf(ours), StringComparison.Ordinal)));
            left.RemoveAll(line => has(line));
        }

        return lines;
    }

    /// <summary>The comparison for a terminal.</summary>
    public static IReadOnlyList<string> ToLines(CostEstimate estimate)
    {
        var lines = Of(estimate);
        var most = lines.Where(line => line.More > 0).OrderByDescending(line => line.More).Take(Most).ToList();
        return
        [
            Row("", "guide", "here", "more", "why"),
            .. lines.Select(line => Row(line.Name, Money(line.Guide), Money(line.Ours), Signed(line.More), line.Why)),
            Row("Together", "350-400", Money(lines.Sum(line => line.Ours)), Signed(lines.Sum(line => line.More)), ""),
            $"${Money(most.Sum(line => line.More))} of what is more comes from {string.Join(", ", most.Select(line => line.Name))}.",
        ];

        static string Row(string name, string guide, string ours, string more, string why) => $"{name,-17} {guide,8} {ours,8} {more,8}  {why}".TrimEnd();

        static string Signed(decimal usd) => (usd > 0 ? "+" : "") + Money(usd);
    }

    /// <summary>"db.r6g.large": the instance classes that are billed.</summary>
    private static string ClassesOf(IEnumerable<CostLine> lines) => string.Join(", ", lines.Select(line => line.Price.Key)
        .Select(key => Array.Find(ClassPrefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is not null ? key[(key.IndexOf('.', StringComparison.Ordinal) + 1)..] : "")
        .Where(name => name.Length > 0).Distinct(StringComparer.Ordinal));

    internal static string Money(decimal usd) => usd.ToString("0.00", CultureInfo.InvariantCulture);
}
