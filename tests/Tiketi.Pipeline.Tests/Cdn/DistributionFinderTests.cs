using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using NSubstitute;
using Tiketi.Pipeline.Cdn;

namespace Tiketi.Pipeline.Tests.Cdn;

public sealed class DistributionFinderTests
{
    private readonly IAmazonCloudFront _cloudFront = Substitute.For<IAmazonCloudFront>();

    public DistributionFinderTests()
    {
        // Two pages, as an account with more than 100 distributions has them.
        var first = new DistributionSummary { Id = "E1", DomainName = "d111.cloudfront.net", Aliases = new Aliases { Items = ["other.kr"] } };
        var second = new DistributionSummary { Id = "E2", DomainName = "d222.cloudfront.net", Aliases = new Aliases { Items = ["tiketi.kr", "www.tiketi.kr"] } };
        _cloudFront.ListDistributionsAsync(Arg.Is<ListDistributionsRequest>(request => request.Marker == null), Arg.Any<CancellationToken>())
            .Returns(new ListDistributionsResponse { DistributionList = new DistributionList { Items = [first], IsTruncated = true, NextMarker = "next" } });
        _cloudFront.ListDistributionsAsync(Arg.Is<ListDistributionsRequest>(request => request.Marker == "next"), Arg.Any<CancellationToken>())
            .Returns(new ListDistributionsResponse { DistributionList = new DistributionList { Items = [second], IsTruncated = false } });
    }

    [Theory]
    [InlineData("E7", "E7")]
    [InlineData("www.tiketi.kr", "E2")]
    [InlineData("D111.cloudfront.net", "E1")]
    public async Task AnIdAliasOrDomain_LeadsToTheId(string name, string id) => (await new DistributionFinder(_cloudFront).FindAsync(name)).Should().Be(id);

    [Fact]
    public async Task AnUnknownDomain_IsToldWithTheKnownOnes() =>
        (await FluentActions.Awaiting(() => new DistributionFinder(_cloudFront).FindAsync("nobody.kr")).Should().ThrowAsync<PipelineException>().WithMessage("*nobody.kr*"))
            .Which.Remedy.Should().Contain("d111.cloudfront.net, d222.cloudfront.net, other.kr, tiketi.kr");
}
