using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.Runtime;
using k8s;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Tests.Aws;

public sealed class EksClusterTests
{
    private static readonly AwsSettings Settings = new() { Region = "ap-northeast-2", Credentials = new BasicAWSCredentials("k", "s") };
    private readonly IAmazonEKS _eks = Substitute.For<IAmazonEKS>();

    [Fact]
    public async Task AnActiveCluster_GivesEndpointAuthorityAndARenewedToken()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Cluster(ClusterStatus.ACTIVE, Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem())));

        var configuration = await EksCluster.ConfigureAsync(_eks, "tiketi", Settings, time);

        configuration.Host.Should().Be("https://127.0.0.1:4567");
        configuration.SslCaCerts.Should().ContainSingle().Which.Thumbprint.Should().Be(authority.Thumbprint);
        var first = await configuration.TokenProvider.GetAuthenticationHeaderAsync(default);
        time.Advance(TimeSpan.FromMinutes(9));
        var same = await configuration.TokenProvider.GetAuthenticationHeaderAsync(default);
        time.Advance(TimeSpan.FromMinutes(2));
        var renewed = await configuration.TokenProvider.GetAuthenticationHeaderAsync(default);
        first.Scheme.Should().Be("Bearer");
        same.Parameter.Should().Be(first.Parameter);
        renewed.Parameter.Should().NotBe(first.Parameter);
        using var client = await EksCluster.ConnectAsync(_eks, "tiketi", Settings, time);
        client.BaseUri.Should().Be(new Uri("https://127.0.0.1:4567/"));
    }

    [Fact]
    public async Task AClusterThatIsNotThere_SaysToRunApplyInfra()
    {
        _eks.DescribeClusterAsync(Arg.Any<DescribeClusterRequest>(), Arg.Any<CancellationToken>()).ThrowsAsync(new ResourceNotFoundException("no"));

        var error = (await FluentActions.Awaiting(() => EksCluster.ConnectAsync(_eks, "tiketi", Settings)).Should().ThrowAsync<PipelineException>()).Which;

        (error.Message, error.Remedy).Should().Be(("There is no EKS cluster tiketi in ap-northeast-2.", "Run ApplyInfra first."));
    }

    [Fact]
    public async Task AClusterUnderWay_IsNotConnectedTo()
    {
        Cluster(ClusterStatus.CREATING, "");

        (await FluentActions.Awaiting(() => EksCluster.ConnectAsync(_eks, "tiketi", Settings)).Should().ThrowAsync<PipelineException>()).WithMessage("*tiketi is CREATING*");
    }

    private void Cluster(ClusterStatus status, string authority) =>
        _eks.DescribeClusterAsync(Arg.Is<DescribeClusterRequest>(request => request.Name == "tiketi"), Arg.Any<CancellationToken>()).Returns(new DescribeClusterResponse
        {
            Cluster = new Cluster { Name = "tiketi", Status = status, Endpoint = "https://127.0.0.1:4567", CertificateAuthority = new Certificate { Data = authority } },
        });
}
