using System.Text;
using Amazon.ECR;
using Amazon.ECR.Model;
using NSubstitute;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class EcrMirrorLoginTests
{
    [Theory]
    [InlineData("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1")]
    [InlineData("111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1")]
    [InlineData("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    [InlineData("111122223333.dkr-ecr.ap-northeast-2.on.aws", "ap-northeast-2")]
    [InlineData("127.0.0.1:4566", "the environment's own")]
    public async Task Find_AsksTheRegionOfTheRegistry(string registry, string region)
    {
        var login = await new EcrMirrorLogin(asked => Ecr(asked ?? "the environment's own"), TimeProvider.System, emulated: "127.0.0.1:4566").FindAsync(registry, TestContext.Current.CancellationToken);

        login.Should().BeEquivalentTo(new { Username = "AWS", Password = $"for {region}", ServerAddress = registry });
    }

    [Theory]
    [InlineData("docker.io")]
    [InlineData("public.ecr.aws")]
    [InlineData("registry.internal:5000")]
    [InlineData("127.0.0.1:4566")]
    [InlineData("111122223333.dkr.ecr.eu-west-1.amazonaws.com.example.org")]
    [InlineData("x111122223333.dkr.ecr.eu-west-1.amazonaws.com")]
    public async Task Find_GivesNobodyElseAToken(string registry)
        => (await new EcrMirrorLogin(_ => throw new InvalidOperationException("asked"), TimeProvider.System).FindAsync(registry, TestContext.Current.CancellationToken)).Should().BeNull();

    private static IAmazonECR Ecr(string region)
    {
        var ecr = Substitute.For<IAmazonECR>();
        ecr.GetAuthorizationTokenAsync(Arg.Any<GetAuthorizationTokenRequest>(), Arg.Any<CancellationToken>())
            .Returns(new GetAuthorizationTokenResponse { AuthorizationData = [new AuthorizationData { AuthorizationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:for {region}")), ExpiresAt = DateTime.UtcNow.AddHours(12) }] });
        return ecr;
    }
}
