#nullable disable
using System.Reflection;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.CI;

/// <summary>A host that is a CI server.</summary>
public interface IBuildServer
{
    string Branch { get; }
    string Commit { get; }
}

/// <summary>Injects the CI host if the build runs there, otherwise null.</summary>
public class CIAttribute : ValueInjectionAttributeBase
{
    public override object GetValue(MemberInfo member, object instance)
    {
        return member.GetMemberType().IsInstanceOfType(Build.Host) ? Build.Host : null;
    }
}

/// <summary>Shuts the compiler's and MSBuild's servers down after a build on a CI server.</summary>
[AttributeUsage(AttributeTargets.Class)]
public class ShutdownDotNetAfterServerBuildAttribute : Execution.BuildExtensionAttributeBase, Execution.IOnBuildFinished
{
    public bool EnableLogging { get; set; }

    public void OnBuildFinished()
    {
        if (Build.IsServerBuild)
            Tools.DotNet.DotNetTasks.DotNet("build-server shutdown", logInvocation: EnableLogging, logOutput: EnableLogging);
    }
}
