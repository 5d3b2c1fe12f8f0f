using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>What makes another image and what does not: a wrong "same" ships old code, a wrong "different" builds for nothing.</summary>
public sealed class InputDigestTests
{
    private const string Dockerfile = "ARG NODE_IMAGE=node:20-slim\nFROM ${NODE_IMAGE}\nCOPY . .\n";

    private const string BuildKit = "docker-buildkit 2";

    private sealed record Inputs
    {
        public required TestFolder Folder { get; init; }

        public ImageRequest Request { get; set; } = null!;

        public Dictionary<string, string> BaseImages { get; } = new(StringComparer.Ordinal) { ["node:20-slim"] = "sha256:aaa" };

        public string Builder { get; set; } = "docker-classic 1";
    }

    private static readonly Dictionary<string, Action<Inputs>> Different = new(StringComparer.Ordinal)
    {
        ["file content"] = inputs => inputs.Folder.Write("src/app.js", "app 2"),
        ["file renamed"] = inputs => File.Move(inputs.Folder.Full("src/app.js"), inputs.Folder.Full("src/main.js")),
        ["file added"] = inputs => inputs.Folder.Write("src/new.js", ""),
        ["file removed"] = inputs => File.Delete(inputs.Folder.Full("src/app.js")),
        ["empty folder added"] = inputs => Directory.CreateDirectory(inputs.Folder.Full("empty")),
        ["file made executable"] = inputs => inputs.Folder.Write("src/app.js", "app", executable: true),
        ["link retargeted"] = inputs => { File.Delete(inputs.Folder.Full("link")); inputs.Folder.Link("link", "src/other.js"); },
        ["link replaced by its target's content"] = inputs => { File.Delete(inputs.Folder.Full("link")); inputs.Folder.Write("link", "src/app.js"); },
        ["bytes moved from one file to the next"] = inputs => inputs.Folder.Write("src/a", "onetw").Write("src/b", "o"),
        ["Dockerfile"] = inputs => inputs.Folder.Write("Dockerfile", Dockerfile + "CMD [\"node\"]\n"),
        ["ignore rule that excludes a file"] = inputs => inputs.Folder.Write(".dockerignore", "*.log\n.dockerignore\nDockerfile\nsrc/a"),
        ["ignore file of the Dockerfile's own"] = inputs => inputs.Folder.Write("Dockerfile.dockerignore", "src/a\n*.log\n*.dockerignore\n.dockerignore\nDockerfile"),
        ["ignored file let in"] = inputs => inputs.Folder.Write(".dockerignore", ".dockerignore\nDockerfile\n"),
        ["build argument's value"] = inputs => inputs.Request = inputs.Request with { BuildArguments = Arguments(("NODE_ENV", "development"), ("A", "1")) },
        ["build argument's name"] = inputs => inputs.Request = inputs.Request with { BuildArguments = Arguments(("NODE_ENVIRONMENT", "production"), ("A", "1")) },
        ["build argument removed"] = inputs => inputs.Request = inputs.Request with { BuildArguments = Arguments(("A", "1")) },
        ["target stage"] = inputs => inputs.Request = inputs.Request with { Target = "runtime" },
        ["platform"] = inputs => inputs.Request = inputs.Request with { Platform = "linux/arm64" },
        ["base image moved on"] = inputs => inputs.BaseImages["node:20-slim"] = "sha256:bbb",
        ["other base image"] = inputs => { inputs.BaseImages.Clear(); inputs.BaseImages["node:22-slim"] = "sha256:aaa"; },
        ["builder"] = inputs => inputs.Builder = BuildKit,
    };

    private static readonly Dictionary<string, Action<Inputs>> Same = new(StringComparer.Ordinal)
    {
        ["nothing"] = _ => { },
        ["file touched"] = inputs => File.SetLastWriteTimeUtc(inputs.Folder.Full("src/app.js"), DateTime.UnixEpoch),
        ["ignored file changed"] = inputs => inputs.Folder.Write("debug.log", "more"),
        ["comment in an excluded .dockerignore"] = inputs => inputs.Folder.Write(".dockerignore", "# logs\n*.log\nnode_modules\n.dockerignore\nDockerfile"),
        ["file added to an ignored folder"] = inputs => inputs.Folder.Write("node_modules/a/index.js", "more"),
        ["file rewritten with the same bytes"] = inputs => { File.Delete(inputs.Folder.Full("src/app.js")); inputs.Folder.Write("src/app.js", "app"); },
        ["mode bits other than execute"] = inputs => inputs.Folder.Mode("src/app.js", UnixFileMode.UserRead | UnixFileMode.UserWrite),
        ["build arguments in another order"] = inputs => inputs.Request = inputs.Request with { BuildArguments = Arguments(("A", "1"), ("NODE_ENV", "production")) },
        ["labels"] = inputs => inputs.Request = inputs.Request with { Labels = Arguments(("org.opencontainers.image.revision", "abc")) },
        ["service and repository name"] = inputs => inputs.Request = inputs.Request with { Service = "renamed", Repository = "tiketi/renamed" },
    };

    public static TheoryData<string> Differences => [.. Different.Keys];

    public static TheoryData<string> Likenesses => [.. Same.Keys];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Compute_Changes(string mutation)
    {
        var (before, after) = BeforeAndAfter(Different[mutation]);
        after.Should().NotBe(before);
    }

    [Theory]
    [MemberData(nameof(Likenesses))]
    public void Compute_Stays(string mutation)
    {
        var (before, after) = BeforeAndAfter(Same[mutation]);
        after.Should().Be(before);
    }

    [Theory]
    [InlineData("src/app.js", UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData("src", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, false)]
    [InlineData("src/app.js", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead, true)]
    public void Compute_TellsWhetherEverybodyMayRead_WhereTheBuilderKeepsModes(string path, UnixFileMode mode, bool stays)
    {
        var (before, after) = BeforeAndAfter(inputs => inputs.Folder.Mode(path, mode), BuildKit);

        (after == before).Should().Be(stays);
    }

    [Fact]
    public void Compute_IsTheSameElsewhere_WhateverTheOrderOfCreation()
    {
        using var one = new TestFolder();
        using var other = new TestFolder();
        one.Write("Dockerfile", Dockerfile).Write("a", "1").Write("b/c", "2");
        other.Write("b/c", "2").Write("a", "1").Write("Dockerfile", Dockerfile);

        Compute(new Inputs { Folder = other, Request = Request(other) }).Should().Be(Compute(new Inputs { Folder = one, Request = Request(one) }));
    }

    private static (string Before, string After) BeforeAndAfter(Action<Inputs> mutate, string? builder = null)
    {
        using var folder = new TestFolder();
        folder.Write("Dockerfile", Dockerfile).Write(".dockerignore", "*.log\nnode_modules\n.dockerignore\nDockerfile")
            .Write("src/app.js", "app").Write("src/other.js", "other").Write("src/a", "one").Write("src/b", "two").Write("debug.log", "noise").Link("link", "src/app.js");
        var inputs = new Inputs { Folder = folder, Request = Request(folder) };
        inputs.Builder = builder ?? inputs.Builder;
        var before = Compute(inputs);
        mutate(inputs);
        return (before, Compute(inputs));
    }

    private static string Compute(Inputs inputs)
        => InputDigest.Compute(BuildContext.Scan(inputs.Request.Context, inputs.Request.Dockerfile), inputs.Request, inputs.BaseImages, inputs.Builder);

    private static ImageRequest Request(TestFolder folder) => new()
    {
        Service = "backend",
        Context = folder.Root,
        Dockerfile = folder.Full("Dockerfile"),
        BuildArguments = Arguments(("NODE_ENV", "production"), ("A", "1")),
        Platform = "linux/amd64",
        Repository = "tiketi/backend",
    };

    private static Dictionary<string, string> Arguments(params (string Name, string Value)[] pairs)
        => pairs.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
}
