using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

/// <summary>What <see cref="IAmazonSecretsManager.GetSecretValueAsync(Model.GetSecretValueRequest, CancellationToken)"/> is asked.</summary>
public class GetSecretValueRequest : AmazonSecretsManagerRequest
{
    public string SecretId { get; set; }

    public string VersionId { get; set; }

    public string VersionStage { get; set; }
}

/// <summary>What <see cref="IAmazonSecretsManager.GetSecretValueAsync(Model.GetSecretValueRequest, CancellationToken)"/> answers.</summary>
public class GetSecretValueResponse : AmazonWebServiceResponse
{
    public string ARN { get; set; }

    public string Name { get; set; }

    public string VersionId { get; set; }

    public MemoryStream SecretBinary { get; set; }

    public string SecretString { get; set; }

    public List<string> VersionStages { get; set; }

    public DateTime? CreatedDate { get; set; }
}
