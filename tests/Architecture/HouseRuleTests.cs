using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tiketi.Architecture;

/// <summary>Rules that a reviewer would otherwise have to remember.</summary>
public sealed partial class HouseRuleTests
{
    private static readonly string[] Files = TrackedFiles();

    [Fact]
    public void NoSourceFile_IsLongerThanFourHundredLines() =>
        Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => (file, lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
            .Where(entry => entry.lines > 400)
            .Should().BeEmpty();

    [Fact]
    public void NoPathOfADevelopersMachine_IsCommitted() =>
        Files.Where(IsText)
            .Where(file => MachinePath().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))))
            .Should().BeEmpty();

    [Fact]
    public void NoNpmLockFile_NamesARegistryHost() =>
        Files.Where(file => file.EndsWith("package-lock.json", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(Path.Combine(Repository.Root, file)).Contains("\"resolved\": \"http", StringComparison.Ordinal))
            .Should().BeEmpty();

    [Fact]
    public void EveryShellScript_IsExecutable() =>
        Git("ls-files", "--stage", "build.sh", "build.cmd", ".ci/run")
            .Where(line => !line.StartsWith("100755 ", StringComparison.Ordinal))
            .Should().BeEmpty();

    private static bool IsText(string file) =>
        Path.GetExtension(file) is ".cs" or ".md" or ".yaml" or ".yml" or ".json" or ".sh" or ".js" or ".ts" or ".tsx" or ".jsx" or ".csproj" or ".props" or ".sql" or "";

    private static string[] TrackedFiles() =>
        [.. Git("ls-files", "-co", "--exclude-standard").Where(file => File.Exists(Path.Combine(Repository.Root, file)))];

    private static string[] Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.Should().Be(0);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"(?<![\w./-])/(?:work|farm)/\w", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex MachinePath();
}
