using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

/// <summary>What <see cref="IAmazonSecretsManager.DescribeSecretAsync(Model.DescribeSecretRequest, CancellationToken)"/> is asked.</summary>
public class DescribeSecretRequest : AmazonSecretsManagerRequest
{
    public string SecretId { get; set; }
}

/// <summary>What <see cref="IAmazonSecretsManager.DescribeSecretAsync(Model.DescribeSecretRequest, CancellationToken)"/> answers.</summary>
public class DescribeSecretResponse : AmazonWebServiceResponse
{
    public string ARN { get; set; }

    public string Name { get; set; }

    public string Description { get; set; }

    public string KmsKeyId { get; set; }

    public bool? RotationEnabled { get; set; }

    public DateTime? LastChangedDate { get; set; }

    public DateTime? LastAccessedDate { get; set; }

    public DateTime? DeletedDate { get; set; }

    public List<Tag> Tags { get; set; }

    public Dictionary<string, List<string>> VersionIdsToStages { get; set; }

    public string OwningService { get; set; }

    public DateTime? CreatedDate { get; set; }

    public string PrimaryRegion { get; set; }
}

public class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}

/// <summary>What <see cref="IAmazonSecretsManager.ListSecretsAsync(Model.ListSecretsRequest, CancellationToken)"/> is asked.</summary>
public class ListSecretsRequest : AmazonSecretsManagerRequest
{
    public bool? IncludePlannedDeletion { get; set; }

    public int? MaxResults { get; set; }

    public string NextToken { get; set; }

    public List<Filter> Filters { get; set; }

    public SortOrderType SortOrder { get; set; }
}

public class Filter
{
    public FilterNameStringType Key { get; set; }

    public List<string> Values { get; set; }
}

/// <summary>What <see cref="IAmazonSecretsManager.ListSecretsAsync(Model.ListSecretsRequest, CancellationToken)"/> answers.</summary>
public class ListSecretsResponse : AmazonWebServiceResponse
{
    public List<SecretListEntry> SecretList { get; set; }

    public string NextToken { get; set; }
}

public class SecretListEntry
{
    public string ARN { get; set; }

    public string Name { get; set; }

    public string Description { get; set; }

    public string KmsKeyId { get; set; }

    public bool? RotationEnabled { get; set; }

    public DateTime? LastChangedDate { get; set; }

    public DateTime? LastAccessedDate { get; set; }

    public DateTime? DeletedDate { get; set; }

    public List<Tag> Tags { get; set; }

    public Dictionary<string, List<string>> SecretVersionsToStages { get; set; }

    public string OwningService { get; set; }

    public DateTime? CreatedDate { get; set; }

    public string PrimaryRegion { get; set; }
}
