using System.Text.Json.Serialization;
using Amazon.Runtime;

namespace Amazon.ECR.Model;

/// <summary>What <see cref="IAmazonECR.DescribeRepositoriesAsync(Model.DescribeRepositoriesRequest, CancellationToken)"/> is asked.</summary>
public class DescribeRepositoriesRequest : AmazonECRRequest
{
    public string RegistryId { get; set; }

    public List<string> RepositoryNames { get; set; }

    public string NextToken { get; set; }

    public int? MaxResults { get; set; }
}

/// <summary>What <see cref="IAmazonECR.DescribeRepositoriesAsync(Model.DescribeRepositoriesRequest, CancellationToken)"/> answers.</summary>
public class DescribeRepositoriesResponse : AmazonWebServiceResponse
{
    public List<Repository> Repositories { get; set; }

    public string NextToken { get; set; }
}

public class Repository
{
    public string RepositoryArn { get; set; }

    public string RegistryId { get; set; }

    public string RepositoryName { get; set; }

    public string RepositoryUri { get; set; }

    public DateTime? CreatedAt { get; set; }

    public ImageTagMutability ImageTagMutability { get; set; }

    public List<ImageTagMutabilityExclusionFilter> ImageTagMutabilityExclusionFilters { get; set; }

    public ImageScanningConfiguration ImageScanningConfiguration { get; set; }

    public EncryptionConfiguration EncryptionConfiguration { get; set; }
}

public class ImageTagMutabilityExclusionFilter
{
    public ImageTagMutabilityExclusionFilterType FilterType { get; set; }

    public string Filter { get; set; }
}

public class ImageScanningConfiguration
{
    public bool? ScanOnPush { get; set; }
}

public class EncryptionConfiguration
{
    public EncryptionType EncryptionType { get; set; }

    public string KmsKey { get; set; }
}

/// <summary>What <see cref="IAmazonECR.CreateRepositoryAsync(Model.CreateRepositoryRequest, CancellationToken)"/> is asked.</summary>
public class CreateRepositoryRequest : AmazonECRRequest
{
    public string RegistryId { get; set; }

    public string RepositoryName { get; set; }

    public List<Tag> Tags { get; set; }

    public ImageTagMutability ImageTagMutability { get; set; }

    public List<ImageTagMutabilityExclusionFilter> ImageTagMutabilityExclusionFilters { get; set; }

    public ImageScanningConfiguration ImageScanningConfiguration { get; set; }

    public EncryptionConfiguration EncryptionConfiguration { get; set; }
}

public class Tag
{
    [JsonPropertyName("Key")]
    public string Key { get; set; }

    [JsonPropertyName("Value")]
    public string Value { get; set; }
}

/// <summary>What <see cref="IAmazonECR.CreateRepositoryAsync(Model.CreateRepositoryRequest, CancellationToken)"/> answers.</summary>
public class CreateRepositoryResponse : AmazonWebServiceResponse
{
    public Repository Repository { get; set; }
}
