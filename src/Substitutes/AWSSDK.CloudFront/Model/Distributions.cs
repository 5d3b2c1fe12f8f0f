using System.Xml.Serialization;
using Amazon.Runtime;

namespace Amazon.CloudFront.Model;

/// <summary>What <see cref="IAmazonCloudFront.ListDistributionsAsync(Model.ListDistributionsRequest, CancellationToken)"/> is asked.</summary>
public class ListDistributionsRequest : AmazonCloudFrontRequest
{
    public string Marker { get; set; }

    public string MaxItems { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.ListDistributionsAsync(Model.ListDistributionsRequest, CancellationToken)"/> answers.</summary>
public class ListDistributionsResponse : AmazonWebServiceResponse
{
    public DistributionList DistributionList { get; set; }
}

public class DistributionList
{
    public string Marker { get; set; }

    public string NextMarker { get; set; }

    public int? MaxItems { get; set; }

    public bool? IsTruncated { get; set; }

    public int? Quantity { get; set; }

    [XmlArrayItem("DistributionSummary")]
    public List<DistributionSummary> Items { get; set; }
}

public class DistributionSummary
{
    public string Id { get; set; }

    public string ARN { get; set; }

    public string ETag { get; set; }

    public string Status { get; set; }

    public DateTime? LastModifiedTime { get; set; }

    public string DomainName { get; set; }

    public Aliases Aliases { get; set; }

    public Origins Origins { get; set; }

    public string Comment { get; set; }

    public PriceClass PriceClass { get; set; }

    public bool? Enabled { get; set; }

    public string WebACLId { get; set; }

    public bool? IsIPV6Enabled { get; set; }

    public bool? Staging { get; set; }
}

public class Aliases
{
    public int? Quantity { get; set; }

    [XmlArrayItem("CNAME")]
    public List<string> Items { get; set; }
}

public class Origins
{
    public int? Quantity { get; set; }

    [XmlArrayItem("Origin")]
    public List<Origin> Items { get; set; }
}

public class Origin
{
    public string Id { get; set; }

    public string DomainName { get; set; }

    public string OriginPath { get; set; }

    public int? ConnectionAttempts { get; set; }

    public int? ConnectionTimeout { get; set; }

    public string OriginAccessControlId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.GetDistributionAsync(Model.GetDistributionRequest, CancellationToken)"/> is asked.</summary>
public class GetDistributionRequest : AmazonCloudFrontRequest
{
    public GetDistributionRequest() { }

    public GetDistributionRequest(string id)
    {
        Id = id;
    }

    public string Id { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.GetDistributionAsync(Model.GetDistributionRequest, CancellationToken)"/> answers.</summary>
public class GetDistributionResponse : AmazonWebServiceResponse
{
    public Distribution Distribution { get; set; }

    public string ETag { get; set; }
}

public class Distribution
{
    public string Id { get; set; }

    public string ARN { get; set; }

    public string Status { get; set; }

    public DateTime? LastModifiedTime { get; set; }

    public int? InProgressInvalidationBatches { get; set; }

    public string DomainName { get; set; }

    public DistributionConfig DistributionConfig { get; set; }
}

public class DistributionConfig
{
    public string CallerReference { get; set; }

    public Aliases Aliases { get; set; }

    public string DefaultRootObject { get; set; }

    public Origins Origins { get; set; }

    public string Comment { get; set; }

    public PriceClass PriceClass { get; set; }

    public bool? Enabled { get; set; }

    public string WebACLId { get; set; }

    public bool? IsIPV6Enabled { get; set; }

    public bool? Staging { get; set; }
}
