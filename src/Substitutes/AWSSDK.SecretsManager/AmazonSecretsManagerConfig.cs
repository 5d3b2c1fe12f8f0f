using Aws.Protocol;

namespace Amazon.SecretsManager;

/// <summary>How to reach AWS Secrets Manager; endpoint variable <c>AWS_ENDPOINT_URL_SECRETS_MANAGER</c>.</summary>
public class AmazonSecretsManagerConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("secretsmanager", "secretsmanager-fips");

    public AmazonSecretsManagerConfig() : base("Secrets Manager", "secretsmanager", "2017-10-17", Endpoints) { }
}
