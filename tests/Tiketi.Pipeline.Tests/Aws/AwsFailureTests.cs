using System.Net;
using Amazon.Runtime;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Tests.Aws;

public sealed class AwsFailureTests
{
    [Theory]
    [InlineData("ExpiredToken", "*have expired*")]
    [InlineData("InvalidClientTokenId", "*does not accept the credentials*")]
    [InlineData("AccessDenied", "*refused the call: m*")]
    public void AccessErrors_ComeWithARemedy(string code, string message)
    {
        var error = AwsFailure.Explain(new AmazonServiceException("m", ErrorType.Sender, code, "r", HttpStatusCode.Forbidden));

        error!.Message.Should().Match(message);
        error.Remedy.Should().NotBeEmpty();
    }

    [Fact]
    public void AnUnreachableEndpoint_IsNamed() =>
        AwsFailure.Explain(new AmazonServiceException("m", new HttpRequestException("Connection refused (127.0.0.1:4566)")))!
            .Message.Should().Contain("127.0.0.1:4566");

    [Fact]
    public void EverythingElse_IsLeftToOthers()
    {
        AwsFailure.Explain(new AmazonServiceException("m", ErrorType.Sender, "NoSuchBucket", "r", HttpStatusCode.NotFound)).Should().BeNull();
        AwsFailure.Explain(new HttpRequestException("docker")).Should().BeNull();
    }
}
