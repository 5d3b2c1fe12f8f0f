using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>The Docker engine of this machine, with a base image of one static program and every image of a test removed after it.</summary>
public sealed class TestEngine : IAsyncLifetime
{
    private const string Shell = "/bin/busybox";

    public IDockerClient Client { get; private set; } = null!;

    /// <summary>Names of this run alone begin with it.</summary>
    public string Prefix { get; } = "tiketi-test-docker-" + Guid.NewGuid().ToString("N")[..8];

    public string BaseImage => $"{Prefix}/base:1";

    public string Platform { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Client = new DockerClientBuilder().WithEndpoint(DockerConfig.Instance.GetEndpoint()).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        try
        {
            var version = await Client.System.GetVersionAsync();
            Platform = $"{version.Os}/{version.Arch}";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Assert.Skip($"No Docker engine answers: {exception.Message}");
        }

        Assert.SkipUnless(File.Exists(Shell), "busybox-static is not installed");
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(Shell, "bin/busybox");
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "busybox" });
        }

        tar.Position = 0;
        await Client.Images.CreateImageAsync(new ImagesCreateParameters { FromSrc = "-", Repo = $"{Prefix}/base", Tag = "1" }, tar, new AuthConfig(), new Progress<JSONMessage>());
    }

    public async Task<IReadOnlyList<string>> TagsAsync(string repository)
        => [.. (await Client.Images.ListImagesAsync(new ImagesListParameters())).SelectMany(image => image.RepoTags ?? []).Where(tag => tag.StartsWith($"{repository}:", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        var images = await Client.Images.ListImagesAsync(new ImagesListParameters());
        var names = images.SelectMany(image => (image.RepoTags ?? []).Concat(image.RepoDigests ?? [])).Where(name => name.Contains(Prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            try
            {
                await Client.Images.DeleteImageAsync(name, new ImageDeleteParameters { Force = true });
            }
            catch (DockerImageNotFoundException)
            {
                // it went with its last tag
            }
        }

        Client.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<TestEngine>
{
    public const string Name = "Docker engine";
}
