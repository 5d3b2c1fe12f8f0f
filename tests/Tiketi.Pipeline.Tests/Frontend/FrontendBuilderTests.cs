using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>With the real node and npm, on a project without dependencies.</summary>
public sealed class FrontendBuilderTests : IDisposable
{
    private const string BuildScript = """
        const fs = require('fs');
        fs.mkdirSync('build', { recursive: true });
        fs.writeFileSync('build/env.json', JSON.stringify(process.env));
        fs.writeFileSync('build/index.html', fs.readFileSync('src/index.html', 'utf8').replace('%API%', process.env.REACT_APP_API_URL));
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("tiketi-frontend-").FullName;
    private readonly Dictionary<string, string> _environment = new() { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };

    public FrontendBuilderTests()
    {
        Write("package.json", """{ "name": "site", "version": "1.0.0", "private": true, "scripts": { "build": "node build.js" } }""");
        Write("package-lock.json", """{ "name": "site", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": { "": { "name": "site", "version": "1.0.0" } } }""");
        Write("build.js", BuildScript);
        Write("src/index.html", "<p>%API%</p>");
        _environment["HOME"] = _root;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task OnlyTheGivenValuesReachTheBuild()
    {
        _environment["REACT_APP_LEAK"] = "from the shell";
        _environment["AWS_SECRET_ACCESS_KEY"] = "secret";
        _environment["npm_config_loglevel"] = "warn";

        var result = await BuildAsync();

        result.Should().BeEquivalentTo(new { Status = FrontendBuildStatus.Built, DependenciesInstalled = true, Files = 2, OutputDirectory = Path.Combine(Frontend, "build") });
        var seen = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(Path.Combine(Frontend, "build/env.json"), TestContext.Current.CancellationToken))!;
        seen.Should().Contain("REACT_APP_API_URL", "https://api.tiketi.kr").And.ContainKey("npm_config_loglevel")
            .And.NotContainKeys("REACT_APP_LEAK", "AWS_SECRET_ACCESS_KEY");
    }

    [Fact]
    public async Task NothingChanged_NothingRuns_AndEachInputCounts()
    {
        var first = await BuildAsync();
        (await BuildAsync()).Should().BeEquivalentTo(first with { Status = FrontendBuildStatus.Unchanged, DependenciesInstalled = false }, options => options.Excluding(result => result.Duration).Excluding(result => result.Reason));

        Write("src/index.html", "<p>new %API%</p>");
        (await BuildAsync()).Should().BeEquivalentTo(new { Status = FrontendBuildStatus.Built, DependenciesInstalled = false });

        (await BuildAsync(request => request with { Variables = new Dictionary<string, string> { ["REACT_APP_API_URL"] = "https://other.tiketi.kr" } })).Status.Should().Be(FrontendBuildStatus.Built);

        var settled = await BuildAsync();
        await File.AppendAllTextAsync(Path.Combine(settled.OutputDirectory, "index.html"), "tampered", TestContext.Current.CancellationToken);
        (await BuildAsync()).Should().BeEquivalentTo(new { Status = FrontendBuildStatus.Restored, DependenciesInstalled = false });
        (await File.ReadAllTextAsync(Path.Combine(settled.OutputDirectory, "index.html"), TestContext.Current.CancellationToken)).Should().NotContain("tampered");

        Write("package-lock.json", await File.ReadAllTextAsync(Path.Combine(Frontend, "package-lock.json"), TestContext.Current.CancellationToken) + "\n");
        (await BuildAsync()).Should().BeEquivalentTo(new { Status = FrontendBuildStatus.Built, DependenciesInstalled = true });
    }

    [Fact]
    public async Task WhatWasBuiltBefore_ReturnsWithoutABuild_UnlessItIsDamaged()
    {
        await BuildAsync();
        Write("src/index.html", "<p>new %API%</p>");
        await BuildAsync();
        Write("src/index.html", "<p>%API%</p>");

        var result = await BuildAsync();

        result.Status.Should().Be(FrontendBuildStatus.Restored);
        (await File.ReadAllTextAsync(Path.Combine(result.OutputDirectory, "index.html"), TestContext.Current.CancellationToken)).Should().Be("<p>https://api.tiketi.kr</p>");

        foreach (var kept in Directory.EnumerateFiles(Path.Combine(_root, "cache"), "index.html", SearchOption.AllDirectories))
        {
            await File.WriteAllTextAsync(kept, "damaged", TestContext.Current.CancellationToken);
        }

        Directory.Delete(result.OutputDirectory, recursive: true);
        (await BuildAsync()).Should().BeEquivalentTo(new { Status = FrontendBuildStatus.Built, Reason = "the kept output of the same sources is damaged" });
    }

    [Fact]
    public async Task TheSize_IsComparedWithTheLastRelease_OrElseTheBuildBefore()
    {
        var first = await BuildAsync();
        first.Former.Should().BeNull();

        Write("src/index.html", "<p>new %API%</p>");
        (await BuildAsync()).Former.Should().BeEquivalentTo(new FormerSite("the build before", ReleaseId: null, first.Sizes));

        SiteSize[] released = [new("pages", 1, 4, 4, 4)];
        new LastRelease(new SiteRelease(4, "20260714T093000Z-1f2e3d4c5b6a", DateTimeOffset.UnixEpoch), released).Write(Path.Combine(_root, "cache"));
        (await BuildAsync()).Former.Should().BeEquivalentTo(new FormerSite("release 4", "20260714T093000Z-1f2e3d4c5b6a", released));
    }

    [Theory]
    [InlineData("pnpm-lock.yaml", "pnpm", "install --frozen-lockfile --prod=false")]
    [InlineData("yarn.lock", "yarn", "install --frozen-lockfile --production=false")]
    [InlineData("yarn.lock .yarnrc.yml", "yarn", "install --immutable")]
    public async Task TheLockFile_SaysWhichPackageManagerRuns(string files, string tool, string install)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in of the package manager is a shell script");
        File.Delete(Path.Combine(Frontend, "package-lock.json"));
        foreach (var file in files.Split(' '))
        {
            Write(file, "");
        }

        var bin = Path.Combine(_root, "bin");
        Directory.CreateDirectory(bin);
        var node = _environment["PATH"].Split(':').Select(folder => Path.Combine(folder, "node")).First(File.Exists);
        File.CreateSymbolicLink(Path.Combine(bin, "node"), node);
        _environment["PATH"] = bin;
        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain($"corepack enable {tool}");
        await File.WriteAllTextAsync(Path.Combine(bin, tool), $"#!/bin/sh\necho \"$*\" >>{_root}/calls\n[ \"$1\" != run ] || exec node build.js\n", TestContext.Current.CancellationToken);
#pragma warning disable CA1416 // skipped above on Windows
        File.SetUnixFileMode(Path.Combine(bin, tool), UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        (await BuildAsync()).Status.Should().Be(FrontendBuildStatus.Built);

        (await File.ReadAllLinesAsync(Path.Combine(_root, "calls"), TestContext.Current.CancellationToken)).Should().Equal(install, "run build");
    }

    [Fact]
    public async Task TwoLockFiles_AreRefused()
    {
        Write("yarn.lock", "");
        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).WithMessage("*package-lock.json and yarn.lock*");
    }

    [Fact]
    public async Task AFailingBuild_SaysItsLastLinesAndIsNotTakenForDone()
    {
        Write("build.js", "console.error('Module not found: ./Seat'); process.exit(3);");

        var failure = (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which;
        failure.Message.Should().Contain("npm run build failed").And.Contain("Module not found: ./Seat");
        failure.Remedy.Should().Contain("npm run build in " + Frontend);

        Write("build.js", BuildScript);
        (await BuildAsync()).Status.Should().Be(FrontendBuildStatus.Built);
    }

    [Fact]
    public async Task WithoutNpm_TheRemedyIsToInstallIt()
    {
        _environment["PATH"] = _root;

        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain("Install Node.js");
    }

    [Fact]
    public async Task ALockFileThatDoesNotFit_OrIsMissing_IsNamed()
    {
        Write("package.json", """{ "name": "site", "version": "1.0.0", "scripts": { "build": "node build.js" }, "dependencies": { "left-pad": "1.3.0" } }""");
        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain("commit package-lock.json: it does not fit");

        File.Delete(Path.Combine(Frontend, "package-lock.json"));
        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain("has no package-lock.json");
    }

    [Theory]
    [InlineData("http://localhost:8080", "own machine")]
    [InlineData("http://127.0.0.1", "own machine")]
    [InlineData("https://api.DOMAIN", "placeholder")]
    [InlineData("https://api.<domain>", "placeholder")]
    [InlineData("https://api.example.com", "placeholder")]
    public async Task AProductionValueThatPointsNowhere_IsRefused_ButFineLocally(string value, string why)
    {
        (await FluentActions.Awaiting(() => BuildAsync(With)).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain(why);
        (await BuildAsync(request => With(request) with { AllowLocalAddresses = true })).Status.Should().Be(FrontendBuildStatus.Built);

        FrontendBuildRequest With(FrontendBuildRequest request) => request with { Variables = new Dictionary<string, string> { ["REACT_APP_API_URL"] = value } };
    }

    [Theory]
    [InlineData("var api = 'ws://127.0.0.1:3001/socket'", "ws://127.0.0.1:3001")]
    [InlineData("<a href='%REACT_APP_SOCKET_URL%'>", "%REACT_APP_SOCKET_URL%")]
    public async Task AProductionBuildThatEmbedsALocalAddress_IsRefused(string source, string found)
    {
        Write("src/index.html", source);
        (await FluentActions.Awaiting(() => BuildAsync()).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain($"embeds {found} (index.html)");

        Write("src/index.html", "new URL(path, 'http://localhost')");
        (await BuildAsync()).Status.Should().Be(FrontendBuildStatus.Built, "libraries carry a bare http://localhost as the base of relative addresses");
    }

    [Fact]
    public async Task AnOutputDirectoryThatHoldsTheSources_IsRefused() =>
        (await FluentActions.Awaiting(() => BuildAsync(request => request with { OutputDirectory = "." })).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Contain("not a directory of its own");

    private string Frontend => Path.Combine(_root, "frontend");

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Frontend, name))!);
        File.WriteAllText(Path.Combine(Frontend, name), content);
    }

    private Task<FrontendBuildResult> BuildAsync(Func<FrontendBuildRequest, FrontendBuildRequest>? adjust = null)
    {
        var request = new FrontendBuildRequest
        {
            Directory = Frontend,
            Variables = new Dictionary<string, string> { ["REACT_APP_API_URL"] = "https://api.tiketi.kr" },
            CacheDirectory = Path.Combine(_root, "cache"),
            ProcessEnvironment = _environment,
        };
        return new FrontendBuilder(TimeProvider.System, NullLogger<FrontendBuilder>.Instance).BuildAsync(adjust?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
    }
}
