using Amazon.Runtime;

namespace Amazon.ElasticLoadBalancingV2.Model;

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeTagsAsync(Model.DescribeTagsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeTagsRequest : AmazonElasticLoadBalancingV2Request
{
    public List<string> ResourceArns { get; set; }
}

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeTagsAsync(Model.DescribeTagsRequest, CancellationToken)"/> answers.</summary>
public class DescribeTagsResponse : AmazonWebServiceResponse
{
    public List<TagDescription> TagDescriptions { get; set; }
}

public class TagDescription
{
    public string ResourceArn { get; set; }

    public List<Tag> Tags { get; set; }
}

public class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}
