using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Nuke.Common.IO;

namespace Tiketi.Workflows.Tests;

/// <summary>Outside parsers read what we write: GitHub's own, and actionlint.</summary>
public sealed class ParserTests(ParserTests.Parsers parsers) : IClassFixture<ParserTests.Parsers>, IDisposable
{
    // A build of 2022, from before these existed.
    private static readonly string[] NewerThanActionlint = ["label \"ubuntu-24.04\" is unknown.", "undefined variable \"vars\"."];

    private readonly AbsolutePath _directory = AbsolutePath.Create(Directory.CreateTempSubdirectory("tiketi-workflows-").FullName);

    public void Dispose() => _directory.DeleteDirectory();

    [Fact]
    public async Task GitHubs_own_parser_accepts_every_workflow() =>
        (await parsers.RunAsync("github.cjs", Generated.Names.Select(Generated.File))).Should().BeEmpty();

    [Fact]
    public async Task Actionlint_accepts_every_workflow() =>
        (await parsers.RunAsync("actionlint.js", Generated.Names.Select(Generated.File)))
            .Where(line => !NewerThanActionlint.Any(newer => line.Contains(newer, StringComparison.Ordinal)))
            .Should().BeEmpty();

    [Theory]
    [InlineData("github.cjs", "    timeout-minutes: 30", "    timeout-minute: 30", "timeout-minute")]
    [InlineData("github.cjs", "needs: [build, plan]", "needs: [build, plane]", "plane")]
    [InlineData("github.cjs", "${{ vars.AWS_ROLE_ARN }}", "${{ var.AWS_ROLE_ARN }}", "var")]
    [InlineData("actionlint.js", "needs: [build, plan]", "needs: [build, plane]", "plane")]
    [InlineData("actionlint.js", "type: choice", "type: chioce", "chioce")]
    [InlineData("actionlint.js", "inputs.environment || 'staging' }}", "input.environment || 'staging' }}", "input")]
    public async Task A_mistake_is_found(string parser, string text, string mistaken, string complaint)
    {
        var committed = Generated.Committed("deploy");
        var broken = committed.Replace(text, mistaken, StringComparison.Ordinal);
        broken.Should().NotBe(committed);
        var file = _directory / "deploy.yml";
        file.WriteAllText(broken);
        (await parsers.RunAsync(parser, [file])).Should().Contain(line => line.Contains(complaint, StringComparison.Ordinal));
    }

    /// <summary>Installs both from npm, once for each state of their lock file, in a directory that outlives the run.</summary>
    public sealed class Parsers
    {
        private static readonly string[] Unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"];

        private readonly Lazy<Task<string>> _directory = new(InstallAsync);

        /// <summary>What the parser has to say, a line a finding.</summary>
        public async Task<IReadOnlyList<string>> RunAsync(string script, IEnumerable<AbsolutePath> files)
        {
            var directory = await _directory.Value;
            var (exitCode, output) = await StartAsync("node", directory, [script, .. files.Select(file => (string)file)]);
            exitCode.Should().Be(0, output);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        private static async Task<string> InstallAsync()
        {
            var sources = (Generated.Root / "tests" / "Workflows" / "parsers").GetFiles("*").OrderBy(file => (string)file, StringComparer.Ordinal).ToList();
            var state = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(sources.Select(file => file.ReadAllText())))))[..16];
            var directory = Generated.Root / ".nuke" / "temp" / "workflow-parsers" / state;
            if ((directory / "github.cjs").FileExists())
            {
                return directory;
            }

            directory.CreateOrCleanDirectory();
            sources.ForEach(file => file.CopyToDirectory(directory));
            var (exitCode, output) = await StartAsync("npm", directory, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            Assert.SkipWhen(exitCode != 0 && Unreachable.Any(code => output.Contains(code, StringComparison.Ordinal)), "npm's registry cannot be reached");
            exitCode.Should().Be(0, output);
            (exitCode, output) = await StartAsync(
                "node", directory, ["node_modules/esbuild/bin/esbuild", "github.js", "--bundle", "--platform=node", "--format=cjs", "--outfile=github.cjs"]);
            exitCode.Should().Be(0, output);
            return directory;
        }

        private static async Task<(int ExitCode, string Output)> StartAsync(string program, string directory, string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
        }
    }
}
