#nullable disable
using System.Globalization;
using Nuke.Common.CI;
using Nuke.Common.IO;
using Nuke.Common.Parameters;
using Nuke.Common.Reporting;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Answers --completion.</summary>
internal sealed class HandleShellCompletionAttribute : BuildExtensionAttributeBase, IOnBuildCreated
{
    public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets)
    {
        var session = Build.Session;
        if (session.Engine.Completion is not { } shell)
            return;
        session.Console.WriteLine(CompletionScript.Create(shell, executableTargets, session.Parameters.Members));
        session.EarlyExitCode = 0;
    }
}

/// <summary>
/// Keeps the files that are generated from the build's code current: the schema of .nuke/parameters.json and CI configuration.
/// </summary>
internal sealed class GenerateFilesAttribute : BuildExtensionAttributeBase, IOnBuildCreated
{
    public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets)
    {
        var build = (NukeBuild)Build;
        var session = build.Session;
        if (session.EarlyExitCode != null)
            return;
        if (session.Engine.GenerateConfiguration is { } id)
        {
            GenerateRequested(id, executableTargets);
            session.EarlyExitCode = 0;
        }
        else if (Build.IsLocalBuild)
        {
            GenerateChanged(build, executableTargets);
        }
    }

    private void GenerateRequested(string id, IReadOnlyCollection<ExecutableTarget> targets)
    {
        var generators = GetGenerators();
        var requested = generators.Where(x => id is "all" || x.Id == id).ToList();
        if (requested.Count == 0)
            throw new BuildInputException($"Configuration '{id}' does not exist. Available are: {string.Join(", ", generators.Select(x => x.Id).Append("all"))}");
        requested.ForEach(x => x.Generate(targets));
    }

    // The files depend on the build's code alone, so nothing needs to be looked at while that and they are unchanged.
    private void GenerateChanged(NukeBuild build, IReadOnlyCollection<ExecutableTarget> targets)
    {
        var generators = GetGenerators().Where(x => x.AutoGenerate).ToList();
        var schema = Build.RootDirectory / ".nuke" / "build.schema.json";
        List<AbsolutePath> files = [schema, .. generators.SelectMany(x => x.GeneratedFiles)];
        var stamp = Build.RootDirectory / ".nuke" / "temp" / "generated.stamp";
        if (stamp.FileExists() && File.ReadAllText(stamp) == GetState(build, files))
            return;

        WriteIfChanged(schema, ParameterSchema.Create(targets, build.Session.Parameters.Members, build));
        foreach (var generator in generators)
        {
            var before = generator.ConfigurationFile.ExistingFile()?.ReadAllText();
            generator.Generate(targets);
            if (generator.ConfigurationFile.ExistingFile()?.ReadAllText() != before)
                Log.Warning("Configuration files for {Name:l} have changed.", generator.DisplayName);
        }

        AtomicFile.WriteAllText(stamp, GetState(build, files));
    }

    private static void WriteIfChanged(AbsolutePath file, string text)
    {
        if (file.ExistingFile()?.ReadAllText() != text)
            AtomicFile.WriteAllText(file, text);
    }

    private static string GetState(NukeBuild build, IEnumerable<AbsolutePath> files)
    {
        var states = files.Select(x => x.ToFileInfo())
            .Select(x => x.Exists ? string.Create(CultureInfo.InvariantCulture, $"{x.FullName} {x.Length} {x.LastWriteTimeUtc.Ticks}") : $"{x.FullName} missing");
        return string.Join('\n', states
            .Prepend(typeof(NukeBuild).Module.ModuleVersionId.ToString())
            .Prepend(build.GetType().Module.ModuleVersionId.ToString()));
    }

    private List<ConfigurationAttributeBase> GetGenerators()
    {
        var generators = GetCustomAttributes(Build.GetType(), typeof(ConfigurationAttributeBase), inherit: true).Cast<ConfigurationAttributeBase>().ToList();
        generators.ForEach(x => x.Build = Build);
        return generators;
    }
}

/// <summary>Answers --plan.</summary>
internal sealed class HandlePlanRequestsAttribute : BuildExtensionAttributeBase, IOnBuildInitialized
{
    public void OnBuildInitialized(IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan)
    {
        // Without targets there is nothing to show but help.
        if (!Build.Plan || executionPlan.Count == 0)
            return;
        foreach (var target in executionPlan)
            target.Status = ExecutionStatus.Scheduled;
        TargetSkipping.Apply(executionPlan, Build.Session.Engine.Skip);
        Build.Session.Console.WriteLine(PlanText.Create(executionPlan));
        var page = NukeBuild.TemporaryDirectory / "execution-plan.html";
        AtomicFile.WriteAllText(page, PlanPage.Create(executionPlan));
        Build.Session.Console.WriteLine($"The same as a page: {Build.RootDirectory.GetUnixRelativePathTo(page)}");
        Build.Session.EarlyExitCode = 0;
    }
}

/// <summary>Answers --help, and a call that names no target when there is no default.</summary>
internal sealed class HandleHelpRequestsAttribute : BuildExtensionAttributeBase, IOnBuildInitialized
{
    public void OnBuildInitialized(IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan)
    {
        var session = Build.Session;
        if (session.EarlyExitCode != null || (!Build.Help && executionPlan.Count > 0))
            return;
        session.Console.WriteLine(session.Secrets.Apply(HelpText.Create(executableTargets, session.Parameters, (NukeBuild)Build)));
        session.EarlyExitCode = 0;
    }
}
