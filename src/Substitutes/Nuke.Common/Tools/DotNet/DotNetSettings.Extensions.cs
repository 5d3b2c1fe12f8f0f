#nullable disable
using Nuke.Common.Tooling;

namespace Nuke.Common.Tools.DotNet;

/// <summary>Setters of <see cref="DotNetProjectSettings"/>.</summary>
public static class DotNetProjectSettingsExtensions
{
    public static T SetProjectFile<T>(this T o, string v)
        where T : DotNetProjectSettings
    {
        return o.Modify(x => x.ProjectFile = v);
    }

    public static T SetVerbosity<T>(this T o, DotNetVerbosity v)
        where T : DotNetProjectSettings
    {
        return o.Modify(x => x.Verbosity = v);
    }

    public static T SetRuntime<T>(this T o, string v)
        where T : DotNetProjectSettings
    {
        return o.Modify(x => x.Runtime = v);
    }

    /// <summary>Sets an MSBuild property.</summary>
    public static T SetProperty<T>(this T o, string key, object v)
        where T : DotNetProjectSettings
    {
        return o.Modify(x => x.Properties = new Dictionary<string, object>(x.Properties, StringComparer.Ordinal) { [key] = v });
    }
}

/// <summary>Setters of <see cref="DotNetCompileSettings"/>.</summary>
public static class DotNetCompileSettingsExtensions
{
    public static T SetConfiguration<T>(this T o, string v)
        where T : DotNetCompileSettings
    {
        return o.Modify(x => x.Configuration = v);
    }

    public static T SetFramework<T>(this T o, string v)
        where T : DotNetCompileSettings
    {
        return o.Modify(x => x.Framework = v);
    }

    public static T SetNoRestore<T>(this T o, bool? v)
        where T : DotNetCompileSettings
    {
        return o.Modify(x => x.NoRestore = v);
    }

    public static T EnableNoRestore<T>(this T o)
        where T : DotNetCompileSettings
    {
        return o.SetNoRestore(v: true);
    }

    public static T DisableNoRestore<T>(this T o)
        where T : DotNetCompileSettings
    {
        return o.SetNoRestore(v: false);
    }
}

/// <summary>Setters of <see cref="DotNetRestoreSettings"/>.</summary>
public static class DotNetRestoreSettingsExtensions
{
    public static T SetLockedMode<T>(this T o, bool? v)
        where T : DotNetRestoreSettings
    {
        return o.Modify(x => x.LockedMode = v);
    }

    public static T EnableLockedMode<T>(this T o)
        where T : DotNetRestoreSettings
    {
        return o.SetLockedMode(v: true);
    }

    public static T DisableLockedMode<T>(this T o)
        where T : DotNetRestoreSettings
    {
        return o.SetLockedMode(v: false);
    }
}

/// <summary>Setters of <see cref="DotNetBuildSettings"/>.</summary>
public static class DotNetBuildSettingsExtensions
{
    public static T SetOutputDirectory<T>(this T o, string v)
        where T : DotNetBuildSettings
    {
        return o.Modify(x => x.OutputDirectory = v);
    }

    public static T SetNoLogo<T>(this T o, bool? v)
        where T : DotNetBuildSettings
    {
        return o.Modify(x => x.NoLogo = v);
    }

    public static T EnableNoLogo<T>(this T o)
        where T : DotNetBuildSettings
    {
        return o.SetNoLogo(v: true);
    }

    public static T DisableNoLogo<T>(this T o)
        where T : DotNetBuildSettings
    {
        return o.SetNoLogo(v: false);
    }
}

/// <summary>Setters of <see cref="DotNetTestSettings"/>.</summary>
public static class DotNetTestSettingsExtensions
{
    public static T SetNoBuild<T>(this T o, bool? v)
        where T : DotNetTestSettings
    {
        return o.Modify(x => x.NoBuild = v);
    }

    public static T EnableNoBuild<T>(this T o)
        where T : DotNetTestSettings
    {
        return o.SetNoBuild(v: true);
    }

    public static T DisableNoBuild<T>(this T o)
        where T : DotNetTestSettings
    {
        return o.SetNoBuild(v: false);
    }

    public static T SetFilter<T>(this T o, string v)
        where T : DotNetTestSettings
    {
        return o.Modify(x => x.Filter = v);
    }

    public static T SetResultsDirectory<T>(this T o, string v)
        where T : DotNetTestSettings
    {
        return o.Modify(x => x.ResultsDirectory = v);
    }

    public static T SetLoggers<T>(this T o, params string[] v)
        where T : DotNetTestSettings
    {
        return o.Modify(x => x.Loggers = v);
    }

    public static T AddLoggers<T>(this T o, params string[] v)
        where T : DotNetTestSettings
    {
        return o.Modify(x => x.Loggers = [.. x.Loggers, .. v]);
    }
}

/// <summary>Setters of <see cref="DotNetPublishSettings"/>.</summary>
public static class DotNetPublishSettingsExtensions
{
    public static T SetNoBuild<T>(this T o, bool? v)
        where T : DotNetPublishSettings
    {
        return o.Modify(x => x.NoBuild = v);
    }

    public static T EnableNoBuild<T>(this T o)
        where T : DotNetPublishSettings
    {
        return o.SetNoBuild(v: true);
    }

    public static T DisableNoBuild<T>(this T o)
        where T : DotNetPublishSettings
    {
        return o.SetNoBuild(v: false);
    }

    public static T SetOutput<T>(this T o, string v)
        where T : DotNetPublishSettings
    {
        return o.Modify(x => x.Output = v);
    }

    public static T SetSelfContained<T>(this T o, bool? v)
        where T : DotNetPublishSettings
    {
        return o.Modify(x => x.SelfContained = v);
    }

    public static T EnableSelfContained<T>(this T o)
        where T : DotNetPublishSettings
    {
        return o.SetSelfContained(v: true);
    }

    public static T DisableSelfContained<T>(this T o)
        where T : DotNetPublishSettings
    {
        return o.SetSelfContained(v: false);
    }
}

/// <summary>Setters of <see cref="DotNetRunSettings"/>.</summary>
public static class DotNetRunSettingsExtensions
{
    public static T SetNoBuild<T>(this T o, bool? v)
        where T : DotNetRunSettings
    {
        return o.Modify(x => x.NoBuild = v);
    }

    public static T EnableNoBuild<T>(this T o)
        where T : DotNetRunSettings
    {
        return o.SetNoBuild(v: true);
    }

    public static T DisableNoBuild<T>(this T o)
        where T : DotNetRunSettings
    {
        return o.SetNoBuild(v: false);
    }

    public static T SetApplicationArguments<T>(this T o, string v)
        where T : DotNetRunSettings
    {
        return o.Modify(x => x.ApplicationArguments = v);
    }
}

/// <summary>Setters of <see cref="DotNetCleanSettings"/>.</summary>
public static class DotNetCleanSettingsExtensions
{
    public static T SetConfiguration<T>(this T o, string v)
        where T : DotNetCleanSettings
    {
        return o.Modify(x => x.Configuration = v);
    }
}
