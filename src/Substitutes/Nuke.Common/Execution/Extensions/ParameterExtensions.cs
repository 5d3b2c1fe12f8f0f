#nullable disable
using System.Reflection;
using Nuke.Common.Parameters;
using Nuke.Common.ValueInjection;

namespace Nuke.Common.Execution;

/// <summary>Gives fields and properties their values, and stops the build with every problem found.</summary>
internal sealed class InjectParameterValuesAttribute : BuildExtensionAttributeBase, IOnBuildCreated
{
    public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets)
    {
        var build = (NukeBuild)Build;
        var session = build.Session;
        var parameters = session.Parameters;

        // A secret's default is a secret too.
        foreach (var member in parameters.Members.Where(x => x.IsSecret && x.Member.DeclaringType?.IsInterface == false))
            parameters.AddSecret(member.Member.GetMemberValue(build));
        foreach (var member in parameters.Members.Where(x => x.Attribute.GetType() == typeof(ParameterAttribute) && parameters.GetSource(x.Member) != null))
            member.Member.TrySetMemberValue(member.IsEngine ? session.Engine : build, parameters.GetValue(member.Member));
        session.SetVerbosity(session.Engine.Verbosity);

        var problems = session.ParameterProblems.Concat(TargetSelection.Apply(executableTargets, session)).ToList();
        if (problems.Count > 0)
            throw new BuildInputException("The build cannot start:", problems);
    }
}

/// <summary>Gives members with other injection attributes, such as [Solution] or [GitRepository], their values.</summary>
internal sealed class InjectNonParameterValuesAttribute : BuildExtensionAttributeBase, IOnBuildInitialized
{
    public void OnBuildInitialized(IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan)
    {
        var build = (NukeBuild)Build;
        if (build.Session.EarlyExitCode != null || build.GetType().IsDefined(typeof(OnDemandValueInjectionAttribute)))
            return;
        var members = ParameterDiscovery.GetInjectionMembers(build)
            .Where(x => x.Attribute.GetType() != typeof(ParameterAttribute) && x.Member.DeclaringType?.IsInterface == false)
            .Where(x => !x.Member.IsDefined(typeof(OnDemandAttribute)))
            .OrderByDescending(x => x.Attribute.Priority);
        foreach (var (member, attribute) in members)
        {
            if (attribute.TryGetValue(member, build) is { } value)
                member.TrySetMemberValue(build, value);
        }
    }
}

/// <summary>Calls the virtual methods of the build class.</summary>
internal sealed class EventInvokerAttribute
    : BuildExtensionAttributeBase, IOnBuildCreated, IOnBuildInitialized, IOnBuildFinished,
        IOnTargetRunning, IOnTargetSkipped, IOnTargetSucceeded, IOnTargetFailed
{
    private NukeBuild Owner => (NukeBuild)Build;

    public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets) => Owner.OnBuildCreated();

    public void OnBuildInitialized(IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan)
    {
        if (Owner.Session.EarlyExitCode == null)
            Owner.OnBuildInitialized();
    }

    public void OnBuildFinished() => Owner.OnBuildFinished();

    public void OnTargetRunning(ExecutableTarget target) => Owner.OnTargetRunning(target.Name);

    public void OnTargetSkipped(ExecutableTarget target) => Owner.OnTargetSkipped(target.Name);

    public void OnTargetSucceeded(ExecutableTarget target) => Owner.OnTargetSucceeded(target.Name);

    public void OnTargetFailed(ExecutableTarget target) => Owner.OnTargetFailed(target.Name);
}
