using Tiketi.Testing;

namespace AwsSdk.Tests.Support;

/// <summary>A moto_server for all tests of the collection. Where moto is not installed these are skipped; the scripted tests beside them cover the wire formats there.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private MotoProcess? _moto;

    /// <summary>The server's URL; skips the calling test where moto is not installed.</summary>
    public string Url
    {
        get
        {
            Assert.SkipWhen(_moto is null, MotoProcess.Missing);
            return _moto!.Endpoint.ToString().TrimEnd('/');
        }
    }

    public async ValueTask InitializeAsync() => _moto = await MotoProcess.TryStartAsync();

    public ValueTask DisposeAsync() => _moto?.DisposeAsync() ?? ValueTask.CompletedTask;
}

[CollectionDefinition(nameof(Moto))]
public sealed class Moto : ICollectionFixture<MotoServer>;
