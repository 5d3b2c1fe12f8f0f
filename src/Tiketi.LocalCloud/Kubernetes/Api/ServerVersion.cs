using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>What /version says: the Kubernetes release whose API this follows, and that it is not that release.</summary>
internal static class ServerVersion
{
    public const string GitVersion = "v1.33.0+tiketi-local";

    public static JsonObject Document { get; } = new()
    {
        ["major"] = "1",
        ["minor"] = "33",
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = string.Empty,
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-04-23T13:07:12Z",
        ["goVersion"] = string.Empty,
        ["compiler"] = "dotnet",
        ["platform"] = "linux/" + RuntimeInformation.ProcessArchitecture switch { Architecture.Arm64 => "arm64", _ => "amd64" },
    };
}
