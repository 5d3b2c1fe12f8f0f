using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class BuildTranscriptTests
{
    [Fact]
    public void EachStep_IsToldOnce_WithItsPlaceAndTheTimeThatTheBuildHasTaken()
    {
        var (time, told) = (new FakeTimeProvider(), new Told());
        var request = new ImageRequest { Service = "backend", Context = "/", Dockerfile = "/Dockerfile", Platform = "linux/amd64", Repository = "tiketi/backend" };
        var transcript = new BuildTranscript(request, told, time);

        time.Advance(TimeSpan.FromSeconds(2));
        transcript.Begin("1", 1, 2, "FROM node");
        time.Advance(TimeSpan.FromSeconds(40));
        transcript.Begin("2", 2, 2, "RUN npm ci");
        transcript.Begin("2", 2, 2, "RUN npm ci");

        told.Should().Equal(
            new ImageProgress("backend", 1, 2, "FROM node", TimeSpan.FromSeconds(2)),
            new ImageProgress("backend", 2, 2, "RUN npm ci", TimeSpan.FromSeconds(42)));
    }

    private sealed class Told : List<ImageProgress>, IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => Add(value);
    }
}
