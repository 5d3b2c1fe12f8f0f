using System.Linq.Expressions;
using Nuke.Common.Reporting;
using Nuke.Common.Parameters;
using Serilog;
using Serilog.Events;

namespace Nuke.Common.Execution;

/// <summary>The way of a run from the command line to the exit code.</summary>
internal static class BuildRunner
{
    private const int FailureExitCode = -1;

    public static int Run<T>(Func<T> create, IReadOnlyCollection<Expression<Func<T, Target>>> defaults, BuildSurroundings surroundings)
        where T : NukeBuild
    {
        using var session = new BuildSession(surroundings);
        using var console = new RoutingWriter(session.Output, surroundings.Console, session.Secrets);
        var standardOutput = Console.Out;
        var standardError = Console.Error;
        try
        {
            Console.SetOut(console);
            Console.SetError(Console.Out);
            surroundings.Console.Gate = Console.Out;
            return Run(session, create, defaults, console);
        }
        catch (BuildInputException exception)
        {
            Report(session, exception.Message);
            return FailureExitCode;
        }
        catch (Exception exception)
        {
            Report(session, $"The build {Failure.From(exception).Text}");
            return FailureExitCode;
        }
        finally
        {
            Console.SetOut(standardOutput);
            Console.SetError(standardError);
            Log.CloseAndFlush();
        }
    }

    private static int Run<T>(BuildSession session, Func<T> create, IReadOnlyCollection<Expression<Func<T, Target>>> defaults, RoutingWriter console)
        where T : NukeBuild
    {
        session.Initialize();
        session.Output.Display = new StreamDisplay(session.Host, session.Console);
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Sink(new LogSink(session.Output, session.Host.FilterMessage))
            .CreateLogger();

        var build = create();
        session.ReadParameters(build);
        build.ExecutableTargets = ExecutableTargetFactory.CreateAll(build, ExecutableTargetFactory.GetDefaults(build, defaults));
        build.Extensions = new BuildExtensions(build);
        build.Extensions.Invoke<IOnBuildCreated>(x => x.OnBuildCreated(build.ExecutableTargets));
        if (session.EarlyExitCode is { } generated)
            return generated;

        var plan = ExecutionPlanner.GetPlan(build.ExecutableTargets, build.InvokedTargets);
        build.ExecutionPlan = plan;
        build.Extensions.Invoke<IOnBuildInitialized>(x => x.OnBuildInitialized(build.ExecutableTargets, plan));
        if (session.EarlyExitCode is { } shown)
            return shown;

        foreach (var target in plan)
            target.Status = ExecutionStatus.Scheduled;
        TargetSkipping.Apply(plan, session.Engine.Skip);
        RequirementService.Check(
            build,
            [.. plan.Where(x => x.Status == ExecutionStatus.Scheduled)],
            session.Console.CanPrompt && build.Session.Host is Terminal ? x => ParameterPrompt.Ask(x, build) : null);
        var attempt = new BuildAttempt(session, build);
        attempt.Continue(plan);
        Execute(session, build, plan, console);
        attempt.Save(plan);
        return Finish(session, build);
    }

    private static void Execute(BuildSession session, NukeBuild build, IReadOnlyList<ExecutableTarget> plan, RoutingWriter console)
    {
        session.OpenRunDirectory();
        var parallelism = session.Engine.Sequential ? 1 : session.Engine.Parallelism ?? plan.Count;
        if (parallelism < 1)
            throw new BuildInputException($"Option '--parallelism': {parallelism} is less than 1");
        var schedule = new TargetSchedule(plan, parallelism);
        if (!schedule.IsChain)
        {
            session.Output.Display = session.Console.IsTerminal
                ? new LiveDisplay(session.Host, session.Console, session.Time)
                : new BlockDisplay(session.Host, session.Console, session.Time);
        }

        using (new Interruption(session))
            new BuildExecutor(session, build.Extensions, schedule, console).Run();
        session.Output.Display.Dispose();
        session.Output.Display = new StreamDisplay(session.Host, session.Console);
    }

    private static int Finish(BuildSession session, NukeBuild build)
    {
        session.Host.WriteErrorsAndWarnings();
        session.Host.WriteTargetOutcome(build);
        session.Host.WriteBuildOutcome(build);
        RunReport.Create(build, session.Time.GetLocalNow()).Write(session.RunDirectory!, session.Secrets, session.Output.GetLines);
        build.Extensions.Invoke<IOnBuildFinished>(x => x.OnBuildFinished());
        return build.ExitCode
            ?? (session.IsCancelledByUser ? Interruption.ExitCode : build.IsSucceeding ? 0 : FailureExitCode);
    }

    private static void Report(BuildSession session, string message)
    {
        if (session.Output.Display == Display.None)
            session.Output.Display = new StreamDisplay(session.Host, session.Console);
        session.Output.Write(LogEventLevel.Error, message, target: null);
        session.Host.ReportError(session.Secrets.Apply(message));
    }
}
