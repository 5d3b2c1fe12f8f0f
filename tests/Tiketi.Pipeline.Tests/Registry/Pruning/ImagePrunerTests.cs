using Amazon.ECR;
using Amazon.ECR.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Tiketi.Pipeline.Registry.Pruning;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Pipeline.Tests.Registry.Pruning;

public sealed class ImagePrunerTests
{
    private const string Repository = "tiketi/backend";
    private const string Uri = "r.example:5000/tiketi/backend";

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly IAmazonECR _ecr = Substitute.For<IAmazonECR>();
    private readonly List<ImageDetail> _images = [];

    [Fact]
    public async Task OnlyWhatNothingNeeds_Goes_HoweverOldTheRestIs()
    {
        Image("running", days: 900, "input-1", "v1", "latest");
        Image("released", days: 800, "input-2", "v2");
        Image("unused", days: 700, "input-3", "v3");
        Image("new", days: 0.5, "input-4", "v4");

        var plan = await PlanAsync(new ImageUse($"{Uri}@{Digest("running")}", "Deployment tiketi/backend"), new ImageUse($"{Uri}@{Digest("released")}", "release 7 (v2)"));

        plan.Decisions.Select(decision => (decision.Digest, decision.Goes, decision.Reason)).Should().Equal(
            (Digest("running"), false, "production: Deployment tiketi/backend"),
            (Digest("released"), false, "production: release 7 (v2)"),
            (Digest("unused"), true, "nothing runs it, and no kept release names it"),
            (Digest("new"), false, "pushed 12.0 h ago: a run may be about to deploy it"));
        plan.Going.Should().ContainSingle().Which.Tags.Should().Equal("input-3", "v3");
        plan.Bytes.Should().Be(10);
    }

    [Theory]
    [InlineData("r.example:5000/tiketi/backend:v1", true)] // by a tag
    [InlineData("r.example:5000/tiketi/backend", true)] // means latest
    [InlineData("r.example:5000/tiketi/backend:v9", false)]
    [InlineData("r.example:5000/tiketi/other:v1", false)] // another repository's tag
    [InlineData("r.example/tiketi/backend:v1", false)] // another registry's
    [InlineData("docker-pullable://r.example:5000/tiketi/backend@DIGEST", true)] // a node's word
    [InlineData("r.example:5000/tiketi/backend:old@DIGEST", true)] // the digest decides
    [InlineData("mirror.example/copy/backend@DIGEST", true)] // the same image under another name
    public async Task AnImage_IsNeededByItsDigestOrByATagOfItsRepository(string reference, bool stays)
    {
        Image("one", days: 100, "input-1", "v1", "latest");

        var plan = await PlanAsync(new ImageUse(reference.Replace("DIGEST", Digest("one"), StringComparison.Ordinal), "Pod x/y"));

        plan.Going.Count.Should().Be(stays ? 0 : 1);
    }

    [Fact]
    public async Task AnIndex_ItsImages_AndWhatIsAttachedToThem_StayOrGoTogether()
    {
        Index("kept", "amd64", "arm64");
        Image("amd64", days: 100);
        Image("arm64", days: 100);
        Image("signature", days: 100).SubjectManifestDigest = Digest("kept");
        Index("gone", "gone-amd64");
        Image("gone-amd64", days: 100);
        Image("gone-signature", days: 100).SubjectManifestDigest = Digest("gone");
        Index("byChild", "running-child");
        Image("running-child", days: 100);

        var plan = await PlanAsync(new ImageUse($"{Uri}@{Digest("kept")}", "Pod a/b"), new ImageUse($"{Uri}@{Digest("running-child")}", "Pod c/d"));

        plan.Going.Select(decision => decision.Digest).Should().BeEquivalentTo(Digest("gone"), Digest("gone-amd64"), Digest("gone-signature"));
        plan.Going[0].Digest.Should().Be(Digest("gone"), "ECR deletes no image that an index names");
        plan.Decisions.Single(decision => decision.Digest == Digest("arm64")).Reason.Should().Be($"belongs to {Digest("kept")}, which stays");
        plan.Decisions.Single(decision => decision.Digest == Digest("signature")).Reason.Should().StartWith("is attached to");
        plan.Decisions.Single(decision => decision.Digest == Digest("byChild")).Reason.Should().StartWith("holds");
    }

    [Fact]
    public async Task AnEnvironmentThatCannotBeAsked_StopsEveryDeletion()
    {
        Image("unused", days: 100);
        var plan = await Pruner().PlanAsync(Request() with { Environments = [new EnvironmentUse("local", []), new EnvironmentUse("staging", [], "The cluster does not answer.")] });

        (await FluentActions.Awaiting(() => Pruner().DeleteAsync(plan)).Should().ThrowAsync<PipelineException>()).WithMessage("*staging*The cluster does not answer.*");
        await _ecr.DidNotReceiveWithAnyArgs().BatchDeleteImageAsync(default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Deletions_GoByDigest_AHundredAtATime()
    {
        Enumerable.Range(0, 250).ToList().ForEach(number => Image($"{number}", days: 100, $"v{number}", $"input-{number}"));
        _ecr.BatchDeleteImageAsync(Arg.Any<BatchDeleteImageRequest>(), Arg.Any<CancellationToken>())
            .Returns(call => new BatchDeleteImageResponse { ImageIds = [.. call.Arg<BatchDeleteImageRequest>().ImageIds.SelectMany(id => new[] { id, new ImageIdentifier { ImageDigest = id.ImageDigest, ImageTag = "v" } })] });

        (await Pruner().DeleteAsync(await PlanAsync())).Should().Be(250);

        await _ecr.Received(3).BatchDeleteImageAsync(Arg.Is<BatchDeleteImageRequest>(request => request.RepositoryName == Repository && request.ImageIds.Count <= 100 && request.ImageIds.All(id => id.ImageTag == null)), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task ARefusedDeletion_IsNamed_AndOneThatIsDoneAlready_IsNot()
    {
        Image("unused", days: 100);
        void Fail(ImageFailureCode code) => _ecr.BatchDeleteImageAsync(Arg.Any<BatchDeleteImageRequest>(), Arg.Any<CancellationToken>())
            .Returns(new BatchDeleteImageResponse { Failures = [new ImageFailure { FailureCode = code, FailureReason = "because", ImageId = new ImageIdentifier { ImageDigest = Digest("unused") } }] });

        Fail(ImageFailureCode.ImageNotFound);
        (await Pruner().DeleteAsync(await PlanAsync())).Should().Be(0);
        Fail(ImageFailureCode.ImageReferencedByManifestList);
        await FluentActions.Awaiting(async () => await Pruner().DeleteAsync(await PlanAsync())).Should().ThrowAsync<PipelineException>().WithMessage($"*{Digest("unused")} ImageReferencedByManifestList because*");
    }

    [Fact]
    public void ReleasesThatFailed_UseUpNoPlace()
    {
        Release Of(int number, string outcome) => new()
        {
            Number = number, At = Now, Version = $"v{number}", By = "test", Outcome = outcome, Images = new Dictionary<string, string>(StringComparer.Ordinal) { ["backend"] = $"{Uri}@{number}" },
        };

        ClusterImages.Of([Of(6, ReleaseOutcome.Deploying), Of(5, ReleaseOutcome.Failed), Of(4, ReleaseOutcome.Succeeded), Of(3, ReleaseOutcome.RolledBack), Of(2, ReleaseOutcome.Succeeded), Of(1, ReleaseOutcome.Succeeded)], kept: 2)
            .Select(use => use.User).Should().Equal("release 6 (v6)", "release 4 (v4)", "release 2 (v2)");
    }

    private static string Digest(string name) => "sha256:" + name;

    private static PruneRequest Request() => new() { Registry = "r.example:5000", Repositories = [Repository], Environments = [] };

    private ImagePruner Pruner()
    {
        _ecr.DescribeImagesAsync(Arg.Any<DescribeImagesRequest>(), Arg.Any<CancellationToken>()).Returns(call =>
        {
            // two pages, whatever is asked for
            var isFirst = call.Arg<DescribeImagesRequest>().NextToken is null;
            var half = _images.Count / 2;
            return new DescribeImagesResponse { ImageDetails = [.. isFirst ? _images.Take(half) : _images.Skip(half)], NextToken = isFirst ? "2" : null };
        });
        return new ImagePruner(_ecr, new FakeTimeProvider(Now), NullLogger.Instance);
    }

    private Task<PrunePlan> PlanAsync(params ImageUse[] uses) => Pruner().PlanAsync(Request() with { Environments = [new EnvironmentUse("production", uses)] });

    private ImageDetail Image(string name, double days, params string[] tags)
    {
        var image = new ImageDetail
        {
            ImageDigest = Digest(name), ImageTags = tags.Length == 0 ? null : [.. tags], ImageSizeInBytes = 10, ImagePushedAt = Now.AddDays(-days).UtcDateTime,
            ImageManifestMediaType = "application/vnd.docker.distribution.manifest.v2+json",
        };
        _images.Add(image);
        return image;
    }

    private void Index(string name, params string[] members)
    {
        Image(name, days: 100).ImageManifestMediaType = "application/vnd.oci.image.index.v1+json";
        var manifest = $$"""{"manifests":[{{string.Join(',', members.Select(member => $$"""{"digest":"{{Digest(member)}}"}"""))}}]}""";
        var before = _ecr.BatchGetImageAsync(new BatchGetImageRequest()).Result?.Images ?? [];
        _ecr.BatchGetImageAsync(Arg.Any<BatchGetImageRequest>(), Arg.Any<CancellationToken>())
            .Returns(new BatchGetImageResponse { Images = [.. before, new Image { ImageId = new ImageIdentifier { ImageDigest = Digest(name) }, ImageManifest = manifest }] });
    }
}
