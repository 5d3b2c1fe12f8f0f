using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>Builds the React frontend with npm, and only when something that goes into it changed.</summary>
public sealed class FrontendBuilder(TimeProvider time, ILogger<FrontendBuilder> logger)
{
    /// <exception cref="PipelineException">npm or the lock file is missing, npm fails, or a production build would point at a developer's machine.</exception>
    public async Task<FrontendBuildResult> BuildAsync(FrontendBuildRequest request, CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        var directory = Path.GetFullPath(request.Directory);
        var output = CheckedOutput(directory, request.OutputDirectory);
        if (!request.AllowLocalAddresses)
        {
            BuildGuard.CheckValues(request.Variables);
        }

        var npm = new Npm(directory, request, logger);
        var nodeVersion = await npm.NodeVersionAsync(cancellationToken);
        var digest = await BuildInputs.DigestAsync(directory, output, request, nodeVersion, cancellationToken);
        var cache = new BuildCache(Path.Combine(request.CacheDirectory, $"frontend-{BuildInputs.DigestOf(directory)[..12]}"));
        var known = cache.Find(digest);
        if (known is not null)
        {
            if ((await BuildRecord.FilesOfAsync(output, cancellationToken)).SequenceEqual(known.Files))
            {
                return Result(FrontendBuildStatus.Unchanged, "sources, values, node and output are those of an earlier build", installed: false, known);
            }

            if (await cache.RestoreAsync(known, output, cancellationToken))
            {
                return Result(FrontendBuildStatus.Restored, "sources, values and node are those of an earlier build, whose output was kept", installed: false, known);
            }
        }

        var reason = known is not null ? "the kept output of the same sources is damaged" : cache.IsEmpty ? "no earlier build is on record" : "the sources, the values or node changed";
        logger.LogInformation("Building {Directory}: {Reason}", directory, reason);
        var installed = await npm.InstallAsync(nodeVersion, cancellationToken);
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        await npm.RunBuildAsync(request.Variables, cancellationToken);
        if (!File.Exists(Path.Combine(output, SiteCacheRules.IndexKey)))
        {
            throw new PipelineException($"npm run build succeeded but wrote no {SiteCacheRules.IndexKey} into {output}.", "Set the frontend's output directory to the one that its build script writes.");
        }

        if (!request.AllowLocalAddresses)
        {
            await BuildGuard.CheckOutputAsync(output, cancellationToken);
        }

        var built = new BuildRecord(digest, await BuildRecord.FilesOfAsync(output, cancellationToken), SiteSizes.Measure(output, cancellationToken));
        cache.Keep(built, output);
        return Result(FrontendBuildStatus.Built, reason, installed, built);

        FrontendBuildResult Result(FrontendBuildStatus status, string why, bool installed, BuildRecord done) =>
            new(status, why, output, done.Sizes, digest, installed, time.GetElapsedTime(start)) { Former = FormerOf(request, cache, digest) };
    }

    private static FormerSite? FormerOf(FrontendBuildRequest request, BuildCache cache, string digest) =>
        LastRelease.Read(request.CacheDirectory) is { Sizes: { } sizes, Release: { } release } ? new FormerSite($"release {release.Number}", release.Id, sizes)
        : cache.LastOther(digest) is { } build ? new FormerSite("the build before", ReleaseId: null, build.Sizes)
        : null;

    // The output is deleted before a build, so it must be the build's own.
    private static string CheckedOutput(string directory, string relative)
    {
        if (!File.Exists(Path.Combine(directory, "package.json")))
        {
            throw new PipelineException($"{directory} has no package.json.", "Point --app-root at a checkout whose frontend/ is an npm project.");
        }

        var output = Path.GetFullPath(relative, directory);
        return output.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !File.Exists(Path.Combine(output, "package.json")) ? output
            : throw new PipelineException($"The output directory {relative} is not a directory of its own inside {directory}.", "Use the one that npm run build writes, such as build.");
    }
}

/// <summary>What a build was made of and what it made.</summary>
internal sealed record BuildRecord(string InputDigest, IReadOnlyList<BuiltFile> Files, IReadOnlyList<SiteSize> Sizes)
{
    public static async Task<IReadOnlyList<BuiltFile>> FilesOfAsync(string directory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        var files = new List<BuiltFile>();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            files.Add(new BuiltFile(Path.GetRelativePath(directory, file).Replace('\\', '/'), new FileInfo(file).Length, await BuildInputs.DigestOfFileAsync(file, cancellationToken)));
        }

        return files;
    }
}

internal sealed record BuiltFile(string Path, long Size, string Sha256);
