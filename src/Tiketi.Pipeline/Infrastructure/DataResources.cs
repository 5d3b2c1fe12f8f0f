using System.Collections.Frozen;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Which resources hold what no template can bring back.</summary>
public static class DataResources
{
    private static readonly FrozenDictionary<string, string> Contents = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS::RDS::DBInstance"] = "its databases",
        ["AWS::RDS::DBCluster"] = "its databases",
        ["AWS::ElastiCache::ReplicationGroup"] = "its keys: queues and sessions",
        ["AWS::ElastiCache::CacheCluster"] = "its keys: queues and sessions",
        ["AWS::ElastiCache::ServerlessCache"] = "its keys: queues and sessions",
        ["AWS::S3::Bucket"] = "its objects",
        ["AWS::SecretsManager::Secret"] = "its value, which others may have stored",
        ["AWS::ECR::Repository"] = "its images",
        ["AWS::EFS::FileSystem"] = "its files",
        ["AWS::EC2::Volume"] = "its files",
        ["AWS::DynamoDB::Table"] = "its items",
        ["AWS::DynamoDB::GlobalTable"] = "its items",
        ["AWS::KMS::Key"] = "everything encrypted with it",
        ["AWS::Cognito::UserPool"] = "its users",
        ["AWS::Route53::HostedZone"] = "its records and name servers",
        ["AWS::Backup::BackupVault"] = "its backups",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a resource holds data: by its type, or because its template keeps it or a snapshot of it.</summary>
    public static bool Holds(TemplateResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return Contents.ContainsKey(resource.Type) || IsKept(resource.DeletionPolicy) || IsKept(resource.UpdateReplacePolicy);
    }

    /// <summary>What goes when a resource of that type goes: "its objects".</summary>
    public static string ContentOf(string type) => Contents.GetValueOrDefault(type, "what it holds");

    private static bool IsKept(string? policy) => policy is "Retain" or "RetainExceptOnCreate" or "Snapshot";
}
