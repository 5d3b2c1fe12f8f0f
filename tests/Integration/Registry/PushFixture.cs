using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Tests.Images;
using Tiketi.Pipeline.Tests.Registry;

namespace Tiketi.Integration.Registry;

/// <summary>The engine with small images to push, the local cloud and docker-registry.</summary>
public sealed class PushFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-push-");

    public TestEngine Engine { get; } = new();

    public Cloud Cloud { get; } = new();

    public TestRegistry Registry { get; } = new();

    public HttpClient Http { get; } = new();

    internal Target Target(string name) => Integration.Registry.Target.Of(name, Cloud, Registry);

    public async ValueTask InitializeAsync()
    {
        await Engine.InitializeAsync();
        await Cloud.InitializeAsync();
        await Registry.InitializeAsync();
    }

    /// <summary>Builds an image that nobody else has: a layer of its own on the base.</summary>
    public async Task<BuiltImage> BuildAsync(string service, string text)
    {
        var context = Directory.CreateDirectory(Path.Combine(_folder.FullName, service)).FullName;
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), $"FROM {Engine.BaseImage}\nCOPY text /app/text\n");
        await File.WriteAllTextAsync(Path.Combine(context, "text"), text);
        var report = await new ImageBuilder(Engine.Client, TimeProvider.System, NullLogger.Instance).BuildAsync(
        [
            new ImageRequest { Service = service, Context = context, Dockerfile = Path.Combine(context, "Dockerfile"), Platform = Engine.Platform, Repository = $"{Engine.Prefix}/{service}" },
        ]);
        return report.Images[0];
    }

    /// <summary>A publisher with short pauses; a fault is the rule here.</summary>
    internal ImagePublisher Publisher(Target target, string? through = null) =>
        new(target.EcrAt(through ?? target.Host), Engine.Client, Http, TimeProvider.System, NullLogger.Instance) { Attempts = 4, FirstPause = TimeSpan.FromMilliseconds(20), Random = new Random(1) };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Registry.DisposeAsync();
        await Cloud.DisposeAsync();
        await Engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class PushCollection : ICollectionFixture<PushFixture>
{
    public const string Name = "Pushes";
}
