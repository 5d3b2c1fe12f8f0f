using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.CertificateManager.Model;
using Aws.Protocol;

namespace Amazon.CertificateManager.Internal;

/// <summary>The shapes and typed errors of AWS Certificate Manager.</summary>
[JsonSerializable(typeof(DescribeCertificateRequest))]
[JsonSerializable(typeof(DescribeCertificateResponse))]
internal sealed partial class CertificateManagerShapes : JsonSerializerContext
{
    public static Shapes All { get; } = new(new CertificateManagerShapes(), naming: null, new Dictionary<string, ErrorFactory>
    {
        ["ResourceNotFoundException"] = (message, inner, type, code, id, status) =>
            new ResourceNotFoundException(message, inner, type, code, id, status),
    }, (message, inner, type, code, id, status) => new AmazonCertificateManagerException(message, inner, type, code, id, status));
}
