using Amazon.Runtime;

namespace Amazon.ECR.Model;

/// <summary>What <see cref="IAmazonECR.DescribeImageScanFindingsAsync(Model.DescribeImageScanFindingsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeImageScanFindingsRequest : AmazonECRRequest
{
    public string RegistryId { get; set; }

    public string RepositoryName { get; set; }

    public ImageIdentifier ImageId { get; set; }

    public string NextToken { get; set; }

    public int? MaxResults { get; set; }
}

/// <summary>What <see cref="IAmazonECR.DescribeImageScanFindingsAsync(Model.DescribeImageScanFindingsRequest, CancellationToken)"/> answers.</summary>
public class DescribeImageScanFindingsResponse : AmazonWebServiceResponse
{
    public string RegistryId { get; set; }

    public string RepositoryName { get; set; }

    public ImageIdentifier ImageId { get; set; }

    public ImageScanStatus ImageScanStatus { get; set; }

    public ImageScanFindings ImageScanFindings { get; set; }

    public string NextToken { get; set; }
}

public class ImageScanFindings
{
    public DateTime? ImageScanCompletedAt { get; set; }

    public DateTime? VulnerabilitySourceUpdatedAt { get; set; }

    public Dictionary<string, int> FindingSeverityCounts { get; set; }

    public List<ImageScanFinding> Findings { get; set; }

    public List<EnhancedImageScanFinding> EnhancedFindings { get; set; }
}

public class ImageScanFinding
{
    public string Name { get; set; }

    public string Description { get; set; }

    public string Uri { get; set; }

    public FindingSeverity Severity { get; set; }

    public List<Attribute> Attributes { get; set; }
}

public class Attribute
{
    public string Key { get; set; }

    public string Value { get; set; }
}

public class EnhancedImageScanFinding
{
    public string AwsAccountId { get; set; }

    public string Description { get; set; }

    public string FindingArn { get; set; }

    public DateTime? FirstObservedAt { get; set; }

    public DateTime? LastObservedAt { get; set; }

    public PackageVulnerabilityDetails PackageVulnerabilityDetails { get; set; }

    public Remediation Remediation { get; set; }

    public List<Resource> Resources { get; set; }

    public double? Score { get; set; }

    public ScoreDetails ScoreDetails { get; set; }

    public string Severity { get; set; }

    public string Status { get; set; }

    public string Title { get; set; }

    public string Type { get; set; }

    public DateTime? UpdatedAt { get; set; }

    public string FixAvailable { get; set; }

    public string ExploitAvailable { get; set; }
}

public class PackageVulnerabilityDetails
{
    public List<CvssScore> Cvss { get; set; }

    public List<string> ReferenceUrls { get; set; }

    public List<string> RelatedVulnerabilities { get; set; }

    public string Source { get; set; }

    public string SourceUrl { get; set; }

    public DateTime? VendorCreatedAt { get; set; }

    public string VendorSeverity { get; set; }

    public DateTime? VendorUpdatedAt { get; set; }

    public string VulnerabilityId { get; set; }

    public List<VulnerablePackage> VulnerablePackages { get; set; }
}

public class CvssScore
{
    public double? BaseScore { get; set; }

    public string ScoringVector { get; set; }

    public string Source { get; set; }

    public string Version { get; set; }
}

public class VulnerablePackage
{
    public string Arch { get; set; }

    public int? Epoch { get; set; }

    public string FilePath { get; set; }

    public string Name { get; set; }

    public string PackageManager { get; set; }

    public string Release { get; set; }

    public string SourceLayerHash { get; set; }

    public string Version { get; set; }

    public string FixedInVersion { get; set; }
}

public class Remediation
{
    public Recommendation Recommendation { get; set; }
}

public class Recommendation
{
    public string Url { get; set; }

    public string Text { get; set; }
}

public class Resource
{
    public ResourceDetails Details { get; set; }

    public string Id { get; set; }

    public Dictionary<string, string> Tags { get; set; }

    public string Type { get; set; }
}

public class ResourceDetails
{
    public AwsEcrContainerImageDetails AwsEcrContainerImage { get; set; }
}

public class AwsEcrContainerImageDetails
{
    public string Architecture { get; set; }

    public string Author { get; set; }

    public string ImageHash { get; set; }

    public List<string> ImageTags { get; set; }

    public string Platform { get; set; }

    public DateTime? PushedAt { get; set; }

    public DateTime? LastInUseAt { get; set; }

    public long? InUseCount { get; set; }

    public string Registry { get; set; }

    public string RepositoryName { get; set; }
}

public class ScoreDetails
{
    public CvssScoreDetails Cvss { get; set; }
}

public class CvssScoreDetails
{
    public List<CvssScoreAdjustment> Adjustments { get; set; }

    public double? Score { get; set; }

    public string ScoreSource { get; set; }

    public string ScoringVector { get; set; }

    public string Version { get; set; }
}

public class CvssScoreAdjustment
{
    public string Metric { get; set; }

    public string Reason { get; set; }
}
