using Tiketi.LocalCloud.Engine;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>`engine`: a Docker engine and nothing more, for whoever needs one alone; `down` with the same state stops it.</summary>
internal static class EngineCommand
{
    /// <exception cref="LocalCloudException">None answers and none can be started.</exception>
    public static async Task<EngineReport> RunAsync(string stateDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        StateFolder.Prepare(stateDirectory);
        using var held = await StateLock.AcquireAsync(stateDirectory, say, cancellationToken);
        using var engine = await new DockerEngine(stateDirectory, say).EnsureAsync(cancellationToken);
        return new EngineReport(engine.Host, engine.IsPrivate);
    }
}

/// <summary>What `engine --json` prints.</summary>
internal sealed record EngineReport(string DockerHost, bool IsPrivate);
