using System.Runtime.CompilerServices;

namespace AwsSdk.Tests;

/// <summary>Only the substitutes (and their tests) know the protocol layer; the published packages do not have it.</summary>
public sealed class SourceRuleTests
{
    [Fact]
    public void NothingOutsideTheSubstitutes_UsesTheProtocolNamespace()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));
        string[] exempt = [Path.Combine(root, "src", "Substitutes"), Path.GetDirectoryName(Here())!, Path.Combine(root, "tests", "Architecture")];
        var sources = new[] { "src", "build", "tests" }.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !exempt.Any(folder => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            .ToList();

        sources.Should().NotBeEmpty();
        sources.Where(file => File.ReadAllText(file).Contains("Aws.Protocol", StringComparison.Ordinal)).Should().BeEmpty();
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
