using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class DockerfileReaderTests
{
    [Theory]
    [InlineData("FROM node:20-slim", "node:20-slim")]
    [InlineData("from node:20 as build\nFROM build\nCOPY --from=build /a /a", "node:20")]
    [InlineData("FROM scratch\nCOPY --from=nginx:1.27 /etc/nginx /etc/nginx", "nginx:1.27")]
    [InlineData("FROM a AS x\nFROM b AS y\nCOPY --from=0 / /\nCOPY --from=x / /", "a b")]
    [InlineData("ARG IMAGE=node:20\nFROM ${IMAGE}", "node:20")]
    [InlineData("ARG TAG=20\nARG IMAGE=node:$TAG\nFROM $IMAGE AS base", "node:20")]
    [InlineData("ARG GIVEN=node:20\nFROM ${GIVEN}", "mirror/node:22")]
    [InlineData("FROM ${MISSING:-node:20}", "node:20")]
    [InlineData("ARG SLIM=yes\nFROM node:20${SLIM:+-slim}", "node:20-slim")]
    [InlineData("# comment\nFROM \\\n# inside\n  node:20", "node:20")]
    [InlineData("# escape=`\nFROM `\n  node:20", "node:20")]
    [InlineData("FROM --platform=linux/amd64 node:20", "node:20")]
    [InlineData("FROM a\nARG IMAGE=b\nFROM a", "a")]
    public void BaseImages_AreThoseThatTheBuildWouldUse(string text, string expected)
        => string.Join(' ', Read(text).BaseImages()).Should().Be(expected);

    [Fact]
    public void BaseImages_NamesAnArgumentWithoutValue()
        => FluentActions.Invoking(() => Read("ARG IMAGE\nFROM ${IMAGE}").BaseImages()).Should().Throw<PipelineException>().WithMessage("*line 2*FROM ${IMAGE}*");

    [Theory]
    [InlineData("FROM a\nRUN --mount=type=cache,target=/x npm ci", "line 2: RUN --mount")]
    [InlineData("FROM a\nCOPY --chmod=755 a b", "line 2: COPY --chmod")]
    [InlineData("FROM a\nCOPY --link a b", "line 2: COPY --link")]
    [InlineData("FROM a\nRUN <<EOF\necho\nEOF", "line 2: RUN with a here-document")]
    [InlineData("# syntax=docker/dockerfile:1\nFROM a\nCOPY --chown=node:node --from=b a b\nADD --chown=1 a b\nRUN npm ci --omit=dev", null)]
    [InlineData("FROM a\nRUN echo $((1 << 4)) && cat a<b", null)]
    public void NeedsBuildKit_NamesTheInstruction(string text, string? expected)
        => Read(text).NeedsBuildKit().Should().Be(expected);

    private static DockerfileReader Read(string text)
        => DockerfileReader.Parse(text, new Dictionary<string, string>(StringComparer.Ordinal) { ["GIVEN"] = "mirror/node:22" });
}
