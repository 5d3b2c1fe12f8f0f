using System.Buffers.Text;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;

namespace Tiketi.Pipeline.Aws;

/// <summary>
/// A bearer token for an EKS cluster: a presigned STS GetCallerIdentity URL that names the cluster in a signed header, the
/// same as <c>aws eks get-token</c> makes. The cluster accepts it for 15 minutes from <see cref="SignedAt"/>.
/// </summary>
public sealed record EksToken(string Value, DateTimeOffset SignedAt)
{
    /// <summary>Signs a token. Never reads an endpoint variable: the cluster verifies against the region's real STS host.</summary>
    /// <param name="credentials">Whose identity the token proves.</param>
    /// <param name="region">The cluster's region; its regional STS host is signed for.</param>
    /// <param name="clusterName">The EKS cluster's name.</param>
    /// <param name="now">The signing time.</param>
    public static EksToken Create(ImmutableCredentials credentials, string region, string clusterName, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var suffix = RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix;
        var request = new DefaultRequest(new GetCallerIdentity(), "sts")
        {
            HttpMethod = "GET", ResourcePath = "/", UseQueryString = true, Endpoint = new Uri($"https://sts.{region}.{suffix}/"),
        };
        request.Headers["x-k8s-aws-id"] = clusterName;
        request.Parameters["Action"] = "GetCallerIdentity";
        request.Parameters["Version"] = "2011-06-15";
        request.Parameters["X-Amz-Expires"] = "60";
        if (credentials.UseToken)
        {
            request.Parameters["X-Amz-Security-Token"] = credentials.Token;
        }

        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region) };
        var signed = AWS4PreSignedUrlSigner.SignRequest(
            request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey, "sts", region, now.UtcDateTime);
        var url = AmazonServiceClient.ComposeUrl(request).AbsoluteUri + "&" + signed.ForQueryParameters;
        return new EksToken("k8s-aws-v1." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(url)), now);
    }

    /// <summary>Not the token: a record would print it.</summary>
    public override string ToString() => $"EKS token signed at {SignedAt:O}";

    private sealed class GetCallerIdentity : AmazonWebServiceRequest;
}
