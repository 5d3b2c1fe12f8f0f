using Amazon.Runtime;

namespace Amazon.CertificateManager.Model;

/// <summary>What <see cref="IAmazonCertificateManager.DescribeCertificateAsync(Model.DescribeCertificateRequest, CancellationToken)"/> is asked.</summary>
public class DescribeCertificateRequest : AmazonCertificateManagerRequest
{
    public string CertificateArn { get; set; }
}

/// <summary>What <see cref="IAmazonCertificateManager.DescribeCertificateAsync(Model.DescribeCertificateRequest, CancellationToken)"/> answers.</summary>
public class DescribeCertificateResponse : AmazonWebServiceResponse
{
    public CertificateDetail Certificate { get; set; }
}

public class CertificateDetail
{
    public string CertificateArn { get; set; }

    public string DomainName { get; set; }

    public List<string> SubjectAlternativeNames { get; set; }

    public CertificateStatus Status { get; set; }

    public DateTime? NotBefore { get; set; }

    public DateTime? NotAfter { get; set; }

    public List<string> InUseBy { get; set; }

    public FailureReason FailureReason { get; set; }

    public RenewalEligibility RenewalEligibility { get; set; }
}
