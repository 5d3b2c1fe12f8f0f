using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Security;

/// <summary>The cluster's certificate authority and the API server's certificate, made once and kept with the state.</summary>
internal sealed class ClusterCertificates(StateStore state)
{
    private const int Years = 10;
    private readonly Lazy<(X509Certificate2 Authority, X509Certificate2 Server)> _pair = new(() => LoadOrCreate(state.Directory("kubernetes", "pki")));

    public X509Certificate2 Server => _pair.Value.Server;

    /// <summary>The authority's certificate as PEM, in base64: what kubeconfig calls certificate-authority-data.</summary>
    public string AuthorityData => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_pair.Value.Authority.ExportCertificatePem() + "\n"));

    private static (X509Certificate2, X509Certificate2) LoadOrCreate(string folder)
    {
        var (caFile, certificateFile, keyFile) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "server.crt"), Path.Combine(folder, "server.key"));
        if (File.Exists(caFile) && File.Exists(certificateFile) && File.Exists(keyFile))
        {
            return (X509CertificateLoader.LoadCertificateFromFile(caFile), X509Certificate2.CreateFromPemFile(certificateFile, keyFile));
        }

        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(Years));

        var caRequest = new CertificateRequest("CN=tiketi-local-cloud-ca", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        caRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(caRequest.PublicKey, critical: false));
        var authority = caRequest.CreateSelfSigned(from, to);

        var request = new CertificateRequest("CN=kube-apiserver", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "TLS server")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var signed = request.Create(authority, from, to.AddDays(-1), RandomNumberGenerator.GetBytes(16));

        // The authority signs this one certificate and its key is then forgotten: nothing can be signed with it later.
        PrivateFiles.Write(keyFile, System.Text.Encoding.ASCII.GetBytes(serverKey.ExportPkcs8PrivateKeyPem()));
        File.WriteAllText(certificateFile, signed.ExportCertificatePem());
        File.WriteAllText(caFile, authority.ExportCertificatePem());
        return (X509CertificateLoader.LoadCertificate(authority.RawData), X509Certificate2.CreateFromPemFile(certificateFile, keyFile));
    }
}
