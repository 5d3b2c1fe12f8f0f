using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CliWrap;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The package manager that a frontend's lock file names, run in an environment that holds only what is named here.</summary>
internal sealed partial class Npm(string directory, FrontendBuildRequest request, ILogger logger)
{
    private static readonly (string LockFile, string Tool, string[] Install)[] Known =
    [
        ("package-lock.json", "npm", ["ci", "--no-audit", "--no-fund", "--include=dev"]),
        ("pnpm-lock.yaml", "pnpm", ["install", "--frozen-lockfile", "--prod=false"]),
        ("yarn.lock", "yarn", ["install", "--frozen-lockfile", "--production=false"]),
        ("yarn.lock", "yarn", ["install", "--immutable"]), // from version 2 on
    ];

    private static readonly string[] Needed =
    [
        "PATH", "HOME", "USER", "LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
        "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    ];

    public async Task<string> NodeVersionAsync(CancellationToken cancellationToken) =>
        (await RunAsync("node", ["--version"], variables: null, cancellationToken))[^1].Trim();

    /// <summary>npm ci, unless node_modules already holds what this lock file and node version ask for.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> InstallAsync(string nodeVersion, CancellationToken cancellationToken)
    {
        var (lockFile, tool, install) = Manager();
        var wanted = nodeVersion;
        foreach (var file in new[] { "package.json", lockFile, ".npmrc", ".yarnrc.yml", ".yarnrc" }.Select(name => Path.Combine(directory, name)).Where(File.Exists))
        {
            wanted += ' ' + await BuildInputs.DigestOfFileAsync(file, cancellationToken);
        }

        // The stamp only ever stands beside a finished installation.
        var stamp = Path.Combine(directory, "node_modules", ".tiketi-installed");
        if (File.Exists(stamp))
        {
            if (await File.ReadAllTextAsync(stamp, cancellationToken) == wanted)
            {
                return false;
            }

            File.Delete(stamp);
        }

        await RunAsync(tool, install, variables: null, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, wanted, cancellationToken);
        return true;
    }

    public Task RunBuildAsync(IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken) =>
        RunAsync(Manager().Tool, ["run", "build"], variables, cancellationToken);

    /// <summary>By the lock file; exactly one says what was tested.</summary>
    private (string LockFile, string Tool, string[] Install) Manager()
    {
        var isModernYarn = File.Exists(Path.Combine(directory, ".yarnrc.yml"));
        var found = Known.Where(known => File.Exists(Path.Combine(directory, known.LockFile)) && (known.Tool != "yarn" || known.Install.Contains("--immutable") == isModernYarn)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PipelineException($"{directory} has no package-lock.json, so nobody could repeat this build.", $"Run npm install in {directory} once and commit package-lock.json (or the lock file of pnpm or yarn)."),
            _ => throw new PipelineException($"{directory} has {string.Join(" and ", found.Select(known => known.LockFile))}, and they may disagree.", "Delete all but the one of the package manager that you use."),
        };
    }

    private async Task<IReadOnlyList<string>> RunAsync(string tool, string[] arguments, IReadOnlyDictionary<string, string>? variables, CancellationToken cancellationToken)
    {
        var environment = request.ProcessEnvironment
            .Where(entry => Needed.Contains(entry.Key, StringComparer.OrdinalIgnoreCase) || entry.Key.StartsWith("npm_config_", StringComparison.OrdinalIgnoreCase))
            .Concat(variables ?? new Dictionary<string, string>())
            .GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, group => group.Last().Value);
        var file = Find(tool, environment.GetValueOrDefault("PATH") ?? environment.GetValueOrDefault("Path") ?? "")
            ?? throw new PipelineException($"{tool} is not installed (it is not on PATH).", tool is "pnpm" or "yarn" ? $"Run corepack enable {tool}, or npm install --global {tool}." : "Install Node.js 20 or newer, which brings npm: https://nodejs.org or apt-get install nodejs npm.");
        var lines = new ConcurrentQueue<string>();
        var output = PipeTarget.ToDelegate(line =>
        {
            lines.Enqueue(line);
            logger.LogDebug("{Line}", line);
        });
        var result = await Cli.Wrap(file).WithArguments(arguments).WithWorkingDirectory(directory).WithEnvironmentVariables(Exactly(environment))
            .WithStandardOutputPipe(output).WithStandardErrorPipe(output).WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        if (result.IsSuccess)
        {
            return [.. lines];
        }

        var command = $"{tool} {string.Join(' ', arguments)}";
        var said = lines.Where(line => line.Trim() is not ("" or "npm error") && !line.StartsWith("npm notice", StringComparison.Ordinal)).ToList();

        // npm says what is wrong first and its whole manual after that; a bundler ends with what is wrong.
        var excerpt = string.Join('\n', arguments[0] is "ci" or "install" ? said.Take(12) : said.TakeLast(20));
        throw new PipelineException($"{command} failed in {directory} (exit code {result.ExitCode}):\n{excerpt}", RemedyFor(command, string.Join('\n', said)));
    }

    /// <summary>The file that <paramref name="tool"/> stands for on <paramref name="path"/>; null when there is none.</summary>
    private static string? Find(string tool, string path)
    {
        string[] names = OperatingSystem.IsWindows() ? [tool + ".exe", tool + ".cmd"] : [tool];
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => names.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>A child inherits this process's variables, so all that are not wanted are named as unset.</summary>
    private static Dictionary<string, string?> Exactly(Dictionary<string, string> environment)
    {
        var all = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return all;
    }

    private string RemedyFor(string command, string output) =>
        OutOfStep().IsMatch(output) ? $"Run npm install in {directory} and commit package-lock.json: it does not fit package.json."
        : Network().IsMatch(output) ? "npm could not fetch packages: check the network, the proxy and npm config get registry."
        : output.Contains("ENOSPC", StringComparison.Ordinal) ? "The disk is full: free some space."
        : $"Mend what the output above names; {command} in {directory} repeats it.";

    [GeneratedRegex(@"npm ci.*in sync|EUSAGE", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutOfStep();

    [GeneratedRegex(@"\b(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|E40[134]|CERT_\w+|SELF_SIGNED_\w+|UNABLE_TO_GET_ISSUER_CERT\w*)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Network();
}
