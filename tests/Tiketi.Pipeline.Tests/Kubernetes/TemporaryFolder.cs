namespace Tiketi.Pipeline.Tests.Kubernetes;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tiketi-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
