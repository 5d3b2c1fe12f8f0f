#nullable disable
using System.Linq.Expressions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.ValueInjection;

namespace Nuke.Common;

public abstract partial class NukeBuild
{
    AbsolutePath INukeBuild.RootDirectory => RootDirectory;
    AbsolutePath INukeBuild.TemporaryDirectory => TemporaryDirectory;
    AbsolutePath INukeBuild.BuildAssemblyFile => BuildAssemblyFile;
    AbsolutePath INukeBuild.BuildAssemblyDirectory => BuildAssemblyDirectory;
    AbsolutePath INukeBuild.BuildProjectDirectory => BuildProjectDirectory;
    AbsolutePath INukeBuild.BuildProjectFile => BuildProjectFile;
    Verbosity INukeBuild.Verbosity => Verbosity;
    Host INukeBuild.Host => Host;
    string[] INukeBuild.LoadedLocalProfiles => LoadedLocalProfiles;
    bool INukeBuild.IsLocalBuild => IsLocalBuild;
    bool INukeBuild.IsServerBuild => IsServerBuild;
    BuildSession INukeBuild.Session => Session;

    T INukeBuild.TryGetValue<T>(Expression<Func<T>> parameterExpression)
    {
        return Session.ComponentValues.Get(this, parameterExpression) is T value ? value : default;
    }

    T INukeBuild.TryGetValue<T>(Expression<Func<object>> parameterExpression)
    {
        return Session.ComponentValues.Get(this, parameterExpression) is T value ? value : default;
    }
}
