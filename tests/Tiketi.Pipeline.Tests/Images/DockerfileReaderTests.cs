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
    [InlineData("FROM a\nRUN --mount=type=bind,from=b:1,target=/b --mount=type=cache,target=/c cp /b/x /x", "a b:1")]
    [InlineData("FROM a\nRUN <<EOF\nFROM b\nEOF\nCOPY <<-\"ONE\" <<TWO /\nFROM c\n\tONE\nFROM d\nTWO\nCOPY --from=e / /", "a e")]
    [InlineData("FROM node:20-${TARGETARCH}", "node:20-arm64")]
    public void BaseImages_AreThoseThatTheBuildWouldUse(string text, string expected)
        => string.Join(' ', Read(text).BaseImages).Should().Be(expected);

    [Fact]
    public void BaseImages_NamesAnArgumentWithoutValue()
        => FluentActions.Invoking(() => Read("ARG IMAGE\nFROM ${IMAGE}")).Should().Throw<PipelineException>().WithMessage("*line 2*FROM ${IMAGE}*");

    [Theory]
    [InlineData("FROM a\nRUN --mount=type=cache,target=/x npm ci", "line 2: RUN --mount")]
    [InlineData("FROM a\nCOPY --chmod=755 a b", "line 2: COPY --chmod")]
    [InlineData("FROM a\nCOPY --link a b", "line 2: COPY --link")]
    [InlineData("FROM a\nRUN <<EOF\necho\nEOF", "line 2: RUN with a here-document")]
    [InlineData("FROM a\nCOPY --chown=node:node --from=b a b\nADD --chown=1 a b\nRUN npm ci --omit=dev", null)]
    [InlineData("# syntax=docker/dockerfile:1\nFROM a", "line 1: # syntax=docker/dockerfile:1")]
    [InlineData("# check=skip=all\n# Syntax = docker/dockerfile:1.7-labs\nFROM a", "line 2: # syntax=docker/dockerfile:1.7-labs")]
    [InlineData("# a comment ends the directives\n# syntax=docker/dockerfile:1\nFROM a", null)]
    [InlineData("FROM --platform=$BUILDPLATFORM a\nFROM a", "line 1: FROM with $BUILDPLATFORM")]
    [InlineData("FROM a\nADD --checksum=sha256:1 https://b c", "line 2: ADD --checksum")]
    [InlineData("FROM a\nRUN echo $((1 << 4)) && cat a<b", null)]
    public void NeedsBuildKit_NamesTheInstruction(string text, string? expected)
        => Read(text).NeedsBuildKit().Should().Be(expected);

    [Theory]
    [InlineData("FROM node:20 AS build\nFROM build", "FROM mirror/node:20 AS build\nFROM build")]
    [InlineData("FROM node AS node", "FROM mirror/node AS node")]
    [InlineData("# keep\nARG A=node:20\nFROM ${A} # no comment", "# keep\nARG A=node:20\nFROM mirror/node:20 # no comment")]
    [InlineData("FROM --platform=linux/node node", "FROM --platform=linux/node mirror/node")]
    [InlineData("FROM \\\n# inside\n  node:20\nRUN x", "\n# inside\nFROM mirror/node:20\nRUN x")]
    [InlineData("FROM other\nCOPY --from=node --chown=node node /node", "FROM other\nCOPY --from=mirror/node --chown=node node /node")]
    [InlineData("FROM other\nRUN --mount=type=bind,from=node,source=node node", "FROM other\nRUN --mount=type=bind,from=mirror/node,source=node node")]
    [InlineData("# syntax=docker/dockerfile:1\nFROM node", "# syntax=mirror/dockerfile:1\nFROM mirror/node")]
    public void With_PutsOtherImagesInTheirPlace_AndNothingElse(string text, string expected)
    {
        var replacements = new Dictionary<string, string>(StringComparer.Ordinal) { ["node"] = "mirror/node", ["node:20"] = "mirror/node:20", ["docker/dockerfile:1"] = "mirror/dockerfile:1" };

        Read(text).With(replacements).Should().Be(expected);
        Read(text).With(new Dictionary<string, string>(StringComparer.Ordinal)).Should().Be(text);
    }

    private static DockerfileReader Read(string text)
        => DockerfileReader.Parse(text, new Dictionary<string, string>(StringComparer.Ordinal) { ["GIVEN"] = "mirror/node:22" }, "linux/arm64");
}
