using System.Runtime.CompilerServices;

namespace Tiketi.Integration;

/// <summary>What Testcontainers must know before its first use: the engine may be an older one, and its reaper's image can't be pulled everywhere.</summary>
internal static class EngineSettings
{
    [ModuleInitializer]
    internal static void Apply()
    {
        Environment.SetEnvironmentVariable("DOCKER_API_VERSION", "1.41");
        Environment.SetEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
    }
}
