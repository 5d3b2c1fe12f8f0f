using Nuke.Common;
using Nuke.Common.IO;
using Nuke.Common.Tests.Running;

namespace Tiketi.Workflows.Tests;

/// <summary>The workflows as committed, and as a build class of today makes them.</summary>
internal static class Generated
{
    public static readonly string[] Names = ["ci", "deploy", "drift"];

    public static AbsolutePath Root { get; } = AbsolutePath.Create(AppContext.BaseDirectory).FindParentOrSelf(directory => (directory / ".nuke").DirectoryExists());

    public static AbsolutePath File(string name) => Root / ".github" / "workflows" / $"{name}.yml";

    public static string Committed(string name) => File(name).ReadAllText();

    /// <summary>Text by file name, written by the engine into a directory of its own.</summary>
    public static IReadOnlyDictionary<string, string> From<T>()
        where T : NukeBuild, new()
    {
        using var harness = new BuildHarness();
        var result = harness.Run<T>("--generate-configuration all --host GitHubActions");
        result.ExitCode.Should().Be(0, result.Output);
        return (harness.Root / ".github" / "workflows").GetFiles("*.yml").ToDictionary(file => file.NameWithoutExtension, file => file.ReadAllText(), StringComparer.Ordinal);
    }
}
