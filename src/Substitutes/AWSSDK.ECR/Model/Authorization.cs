using Amazon.Runtime;

namespace Amazon.ECR.Model;

/// <summary>What <see cref="IAmazonECR.GetAuthorizationTokenAsync(Model.GetAuthorizationTokenRequest, CancellationToken)"/> is asked.</summary>
public class GetAuthorizationTokenRequest : AmazonECRRequest
{
    public List<string> RegistryIds { get; set; }
}

/// <summary>What <see cref="IAmazonECR.GetAuthorizationTokenAsync(Model.GetAuthorizationTokenRequest, CancellationToken)"/> answers.</summary>
public class GetAuthorizationTokenResponse : AmazonWebServiceResponse
{
    public List<AuthorizationData> AuthorizationData { get; set; }
}

public class AuthorizationData
{
    public string AuthorizationToken { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public string ProxyEndpoint { get; set; }
}
