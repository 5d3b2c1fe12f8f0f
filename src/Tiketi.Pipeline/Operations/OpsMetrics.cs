using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Operations;

/// <summary>What is worth looking at every week: the metrics of the guide's dashboard, from where its alarms begin.</summary>
public static class OpsMetrics
{
    /// <summary>The metrics of an environment's databases and nodes, by the names that its templates give them.</summary>
    public static IReadOnlyList<OpsMetric> Of(InfrastructureRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var resources = request.Stacks.SelectMany(template => RenderedTemplate.Of(request, template, template.Metadata.Region ?? "").Resources).ToList();
        return
        [
            .. Named("AWS::EKS::Cluster", "Name").SelectMany(name => new OpsMetric[]
            {
                new($"Nodes of {name}: CPU (%)", "ContainerInsights", "node_cpu_utilization", "ClusterName", name, 85),
                new($"Nodes of {name}: memory (%)", "ContainerInsights", "node_memory_utilization", "ClusterName", name, 85),
            }),
            .. Named("AWS::RDS::DBInstance", "DBInstanceIdentifier").SelectMany(name => new OpsMetric[]
            {
                new($"{name}: CPU (%)", "AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", name, 80),
                new($"{name}: connections", "AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", name, null),
            }),
            .. Named("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId").SelectMany(name => new OpsMetric[]
            {
                new($"{name}: CPU (%)", "AWS/ElastiCache", "EngineCPUUtilization", "CacheClusterId", name + "-001", 80),
                new($"{name}: memory (%)", "AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", name + "-001", 80),
            }),
        ];

        IEnumerable<string> Named(string type, string property) => resources.Where(resource => resource.Type == type).Select(resource => resource.Text(property)).OfType<string>();
    }
}
