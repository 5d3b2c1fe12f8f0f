using Aws.Protocol;

namespace Amazon.CertificateManager;

/// <summary>How to reach AWS Certificate Manager; endpoint variable <c>AWS_ENDPOINT_URL_ACM</c>.</summary>
public class AmazonCertificateManagerConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("acm", "acm-fips");

    public AmazonCertificateManagerConfig() : base("ACM", "acm", "2015-12-08", Endpoints) { }
}
