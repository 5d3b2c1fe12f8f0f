using System.Xml.Serialization;
using Amazon.Runtime;

namespace Amazon.CloudFront.Model;

/// <summary>What <see cref="IAmazonCloudFront.CreateInvalidationAsync(Model.CreateInvalidationRequest, CancellationToken)"/> is asked.</summary>
public class CreateInvalidationRequest : AmazonCloudFrontRequest
{
    public CreateInvalidationRequest() { }

    public CreateInvalidationRequest(string distributionId, InvalidationBatch invalidationBatch)
    {
        DistributionId = distributionId;
        InvalidationBatch = invalidationBatch;
    }

    public string DistributionId { get; set; }

    public InvalidationBatch InvalidationBatch { get; set; }
}

public class InvalidationBatch
{
    public InvalidationBatch() { }

    public InvalidationBatch(string callerReference) => CallerReference = callerReference;

    public InvalidationBatch(Paths paths, string callerReference)
    {
        Paths = paths;
        CallerReference = callerReference;
    }

    public Paths Paths { get; set; }

    public string CallerReference { get; set; }
}

public class Paths
{
    public int? Quantity { get; set; }

    [XmlArrayItem("Path")]
    public List<string> Items { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.CreateInvalidationAsync(Model.CreateInvalidationRequest, CancellationToken)"/> answers.</summary>
public class CreateInvalidationResponse : AmazonWebServiceResponse
{
    public string Location { get; set; }

    public Invalidation Invalidation { get; set; }
}

public class Invalidation
{
    public string Id { get; set; }

    public string Status { get; set; }

    public DateTime? CreateTime { get; set; }

    public InvalidationBatch InvalidationBatch { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.GetInvalidationAsync(Model.GetInvalidationRequest, CancellationToken)"/> is asked.</summary>
public class GetInvalidationRequest : AmazonCloudFrontRequest
{
    public GetInvalidationRequest() { }

    public GetInvalidationRequest(string distributionId, string id)
    {
        DistributionId = distributionId;
        Id = id;
    }

    public string DistributionId { get; set; }

    public string Id { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFront.GetInvalidationAsync(Model.GetInvalidationRequest, CancellationToken)"/> answers.</summary>
public class GetInvalidationResponse : AmazonWebServiceResponse
{
    public Invalidation Invalidation { get; set; }
}
