#nullable disable
using System.Reflection;
using Nuke.Common.IO;
using Nuke.Common.Tooling;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Git;

/// <summary>How a remote is reached.</summary>
public enum GitProtocol
{
    Https,
    Ssh,
}

/// <summary>The Git repository that the build is in.</summary>
public class GitRepository
{
    private GitRepository()
    {
    }

    public GitProtocol? Protocol { get; private init; }

    /// <summary>The remote's host, for example github.com, or null without remote.</summary>
    public string Endpoint { get; private init; }

    /// <summary>The remote's path, for example owner/name, or null without remote.</summary>
    public string Identifier { get; private init; }

    public AbsolutePath LocalDirectory { get; private init; }

    /// <summary>The full reference of the branch, or null when HEAD is detached.</summary>
    public string Head { get; private init; }

    /// <summary>The branch's name, or null when HEAD is detached and no CI server tells.</summary>
    public string Branch { get; private init; }

    /// <summary>The commit's full hash, or null before the first commit.</summary>
    public string Commit { get; private init; }

    public IReadOnlyCollection<string> Tags { get; private init; } = [];

    public string RemoteName { get; private init; }

    public string RemoteBranch { get; private init; }

    public string HttpsUrl => Endpoint == null ? null : $"https://{Endpoint}/{Identifier}.git";

    public string SshUrl => Endpoint == null ? null : $"git@{Endpoint}:{Identifier}.git";

    /// <exception cref="ProcessException">The directory is in no repository.</exception>
    public static GitRepository FromLocalDirectory(AbsolutePath directory)
    {
        var root = Git(directory, "rev-parse --show-toplevel");
        Assert.NotNull(root, $"Directory '{directory}' is in no Git repository");
        var head = Git(directory, "symbolic-ref --quiet HEAD");
        var (protocol, endpoint, identifier) = ParseUrl(Git(directory, "config --get remote.origin.url"));
        var upstream = Git(directory, "rev-parse --abbrev-ref --symbolic-full-name @{u}");
        return new GitRepository
        {
            LocalDirectory = root,
            Head = head,
            Branch = head?["refs/heads/".Length..] ?? (NukeBuild.Host as CI.IBuildServer)?.Branch,
            Commit = Git(directory, "rev-parse --quiet --verify HEAD"),
            Tags = Git(directory, "tag --points-at HEAD")?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            Protocol = protocol,
            Endpoint = endpoint,
            Identifier = identifier,
            RemoteName = upstream?.Split('/')[0],
            RemoteBranch = upstream?[(upstream.IndexOf('/', StringComparison.Ordinal) + 1)..],
        };
    }

    public override string ToString()
    {
        return Endpoint == null ? LocalDirectory : $"https://{Endpoint}/{Identifier}";
    }

    internal static (GitProtocol? Protocol, string Endpoint, string Identifier) ParseUrl(string url)
    {
        if (url == null)
            return default;
        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "ssh" && uri.Host.Length > 0)
            return (uri.Scheme == "ssh" ? GitProtocol.Ssh : GitProtocol.Https, uri.Authority[(uri.Authority.IndexOf('@', StringComparison.Ordinal) + 1)..], Trim(uri.AbsolutePath));
        // user@host:path
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && !url.Contains("://", StringComparison.Ordinal)
            ? (GitProtocol.Ssh, url[(url.IndexOf('@', StringComparison.Ordinal) + 1)..colon], Trim(url[(colon + 1)..]))
            : default;
    }

    private static string Trim(string path)
    {
        path = path.Trim('/');
        return path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
    }

    // Many questions have "nothing" as an answer, with an exit code of their own.
    private static string Git(AbsolutePath directory, string arguments)
    {
        using var process = ProcessTasks.StartProcess("git", arguments, directory, logOutput: false, logInvocation: false);
        process.AssertWaitForExit();
        var text = process.Output.StdToText().Trim();
        return process.ExitCode == 0 && text.Length > 0 ? text : null;
    }
}

/// <summary>Injects the <see cref="GitRepository"/> that the root directory is in.</summary>
public class GitRepositoryAttribute : ValueInjectionAttributeBase
{
    public override object GetValue(MemberInfo member, object instance)
    {
        return GitRepository.FromLocalDirectory(Build.RootDirectory);
    }
}

/// <summary>Questions about a repository.</summary>
public static class GitRepositoryExtensions
{
    public static bool IsOnMainOrMasterBranch(this GitRepository repository)
    {
        return repository.Branch is "main" or "master";
    }

    public static bool IsOnMainBranch(this GitRepository repository)
    {
        return repository.Branch == "main";
    }

    public static bool IsOnDevelopBranch(this GitRepository repository)
    {
        return repository.Branch is "develop" or "dev" or "development";
    }

    public static bool IsOnReleaseBranch(this GitRepository repository)
    {
        return repository.Branch?.StartsWith("release/", StringComparison.Ordinal) ?? false;
    }

    public static bool IsGitHubRepository(this GitRepository repository)
    {
        return repository.Endpoint == "github.com";
    }
}
