namespace Nuke.Common.CI.GitHubActions;

/// <summary>
/// The actions that generated workflows use, pinned to commits, since a tag can be moved to other code. Commits and versions
/// are those that independent public repositories pin; Dependabot cannot update them here, so a new version is an edit of
/// this file.
/// </summary>
internal static class PinnedActions
{
    public const string Checkout = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";
    public const string Cache = "actions/cache@b7e8d49f17405cc70c1c120101943203c98d3a4b # v5.0.3";
    public const string UploadArtifact = "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0";
}
