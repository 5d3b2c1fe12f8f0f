using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Registry.Sbom;

namespace Tiketi.Integration.Registry;

/// <summary>SBOMs name what is in the image: dpkg itself and CycloneDX's own validator are the judges.</summary>
[Collection(PushCollection.Name)]
public sealed class SbomTests(PushFixture push) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-sbom-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AnSbom_NamesThePackagesOfEveryManager()
    {
        var image = await BuildAsync(
            ("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"),
            ("lib/apk/db/installed", "C:Q1abc=\nP:musl\nV:1.2.5-r1\nA:x86_64\nL:MIT\nF:lib\nR:ld.so\n\nP:node\nV:20.1.0-r0\nA:x86_64\nL:MIT AND (BSD-3-Clause OR GPL-2.0-only)\n"),
            ("app/node_modules/express/package.json", """{"name":"express","version":"4.19.2","license":"MIT"}"""),
            ("app/node_modules/express/esm/package.json", """{"type":"module"}"""),
            ("app/node_modules/express/node_modules/debug/package.json", """{"name":"debug","version":"2.6.9","license":{"type":"MIT","url":"x"}}"""),
            ("app/node_modules/@redis/client/package.json", """{"name":"@redis/client","version":"1.5.0+build~1"}"""),
            ("app/node_modules/@redis/client/dist/package.json", """{"name":"@redis/inner","version":"0.0.0"}"""),
            ("app/node_modules/broken/package.json", "{"),
            ("usr/local/lib/node_modules/npm/package.json", """{"name":"npm","version":"10.0.0","license":"Artistic-2.0"}"""));

        var result = (await new SbomWriter(push.Engine.Client).WriteAsync([image], _folder.FullName)).Single();

        result.Components.Should().Be(6);
        var document = JsonNode.Parse(await File.ReadAllTextAsync(result.File!))!;
        document["components"]!.AsArray().Select(component => $"{component!["purl"]} {component["licenses"]?[0]?["license"]?["name"]}".TrimEnd()).Should().Equal(
            "pkg:apk/alpine/musl@1.2.5-r1?arch=x86_64&distro=alpine-3.20.1 MIT",
            "pkg:apk/alpine/node@20.1.0-r0?arch=x86_64&distro=alpine-3.20.1 MIT AND (BSD-3-Clause OR GPL-2.0-only)",
            "pkg:npm/%40redis/client@1.5.0%2Bbuild~1",
            "pkg:npm/debug@2.6.9 MIT",
            "pkg:npm/express@4.19.2 MIT",
            "pkg:npm/npm@10.0.0 Artistic-2.0");
        document["metadata"]!["component"]!["version"]!.GetValue<string>().Should().Be(image.Published.Digest);
        (await ValidateAsync(result.File!)).Should().BeEmpty();
    }

    [Fact]
    public async Task AnSbom_IsTheSameEachTime_AndStaysWhileTheImageDoes()
    {
        var image = await BuildAsync(("app/node_modules/a/package.json", """{"name":"a","version":"1.0.0"}"""));
        var writer = new SbomWriter(push.Engine.Client);
        var first = await File.ReadAllTextAsync((await writer.WriteAsync([image], Folder("1"))).Single().File!);
        var second = await File.ReadAllTextAsync((await writer.WriteAsync([image], Folder("2"))).Single().File!);
        second.Should().Be(first);

        var gone = (image.Published, image.Built with { Repository = "tiketi-test/not-on-the-engine" });
        (await writer.WriteAsync([gone], Folder("1"))).Single().Components.Should().Be(1, "the document is about this image already");
        var other = (image.Published with { Digest = "sha256:" + new string('0', 64) }, gone.Item2);
        (await writer.WriteAsync([other], Folder("1"))).Single().Should().BeEquivalentTo(new { File = (string?)null, Components = 0 });
        Directory.EnumerateFiles(Folder("1")).Should().BeEmpty("a document about another image would be wrong");
    }

    [Fact]
    public async Task AnSbomOfARealDebian_IsWhatDpkgSays()
    {
        var servers = await ServerImage.EnsureAsync();
        var (repository, tag) = (servers.Split(':')[0], servers.Split(':')[1]);
        var image = (Published("servers"), new BuiltImage("servers", repository, tag, null, ImageOrigin.Present, TimeSpan.Zero));

        var result = (await new SbomWriter(push.Engine.Client).WriteAsync([image], _folder.FullName)).Single();

        var said = await RunAsync("docker", "run", "--rm", servers, "dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n");
        var installed = said.Split('\n').Where(line => line.StartsWith("installed ", StringComparison.Ordinal)).Select(line => line["installed ".Length..]).ToList();
        var named = JsonNode.Parse(await File.ReadAllTextAsync(result.File!))!["components"]!.AsArray()
            .Where(component => component!["purl"]!.GetValue<string>().StartsWith("pkg:deb/debian/", StringComparison.Ordinal)).Select(component => $"{component!["name"]} {component["version"]}");
        installed.Should().HaveCountGreaterThan(100);
        named.Should().BeEquivalentTo(installed);
        (await ValidateAsync(result.File!)).Should().BeEmpty();
    }

    [Fact]
    public async Task TheValidator_SeesMistakes()
    {
        var file = Path.Combine(_folder.FullName, "wrong.cdx.json");
        await File.WriteAllTextAsync(file, """{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"libary","name":"a"}]}""");

        (await ValidateAsync(file)).Should().Contain("/components/0/type").And.Contain("wrong.cdx.json");
    }

    private static PublishedImage Published(string service) =>
        new(service, $"127.0.0.1:5000/tiketi/{service}", "sha256:" + new string('a', 64), PublishAction.Pushed, TimeSpan.Zero);

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    private async Task<(PublishedImage Published, BuiltImage Built)> BuildAsync(params (string Path, string Content)[] files)
    {
        var context = Path.Combine(_folder.FullName, "context");
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(context, "root", path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content);
        }

        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), $"FROM {push.Engine.BaseImage}\nCOPY root /\nWORKDIR /app\n");
        var report = await new ImageBuilder(push.Engine.Client, TimeProvider.System, NullLogger.Instance).BuildAsync(
        [
            new ImageRequest { Service = "sbom", Context = context, Dockerfile = Path.Combine(context, "Dockerfile"), Platform = push.Engine.Platform, Repository = $"{push.Engine.Prefix}/sbom" },
        ]);
        return (Published("sbom"), report.Images[0]);
    }

    /// <summary>What the schema has against it, by the library of the CycloneDX project; installed once a machine.</summary>
    private static async Task<string> ValidateAsync(string file)
    {
        var source = Path.Combine(Path.GetDirectoryName(Here())!, "validator");
        var directory = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", ".nuke", "temp", "sbom-validator");
        Directory.CreateDirectory(directory);
        var isNew = false;
        foreach (var name in new[] { "package.json", "package-lock.json", "validate.mjs" })
        {
            var (from, to) = (Path.Combine(source, name), Path.Combine(directory, name));
            isNew |= !File.Exists(to) || await File.ReadAllTextAsync(from) != await File.ReadAllTextAsync(to);
            File.Copy(from, to, overwrite: true);
        }

        if (isNew || !Directory.Exists(Path.Combine(directory, "node_modules")))
        {
            await RunAsync("npm", "--prefix", directory, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        return await RunAsync("node", Path.Combine(directory, "validate.mjs"), file);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await error);
        return output;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
