#nullable disable
using Nuke.Common.CI;
using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common;

public abstract partial class NukeBuild
{
    public static AbsolutePath RootDirectory => BuildSession.Current.RootDirectory;

    /// <summary>ROOT/.nuke/temp, which exists.</summary>
    public static AbsolutePath TemporaryDirectory => (RootDirectory / ".nuke" / "temp").CreateDirectory();

    public static AbsolutePath BuildAssemblyFile =>
        BuildSession.Current.BuildAssembly?.Location is { Length: > 0 } location ? AbsolutePath.Create(location) : null;

    public static AbsolutePath BuildAssemblyDirectory => BuildAssemblyFile?.Parent;

    public static AbsolutePath BuildProjectDirectory => BuildProjectFile?.Parent;

    /// <summary>The project file nearest above the build's assembly, or null when there is none.</summary>
    public static AbsolutePath BuildProjectFile =>
        BuildAssemblyDirectory?.FindParentOrSelf(x => x.ContainsFile("*.csproj"))?.GetFiles("*.csproj").First();

    public static Verbosity Verbosity
    {
        get => BuildSession.Current.Engine.Verbosity;
        set => BuildSession.Current.SetVerbosity(value);
    }

    public static Host Host
    {
        get => BuildSession.Current.Host;
        set => BuildSession.Current.Host = value;
    }

    public static string[] LoadedLocalProfiles => BuildSession.Current.Profiles.ToArray();

    public static bool IsLocalBuild => !IsServerBuild;

    public static bool IsServerBuild => Host is IBuildServer;
}
