using System.Collections.Concurrent;
using Nuke.Common.Reporting;
using Serilog.Events;

namespace Nuke.Common.Execution;

/// <summary>
/// Runs the targets of the plan, as many at the same time as the schedule allows, and sets their status, duration and reason.
/// </summary>
internal sealed class BuildExecutor
{
    private readonly BuildSession _session;
    private readonly BuildExtensions _extensions;
    private readonly TargetSchedule _schedule;
    private readonly RoutingWriter? _console;
    private readonly bool _failFast;

    // Targets that ended, and null for an interruption.
    private readonly BlockingCollection<ExecutableTarget?> _events = [];

    public BuildExecutor(BuildSession session, BuildExtensions extensions, TargetSchedule schedule, RoutingWriter? console)
    {
        _session = session;
        _extensions = extensions;
        _schedule = schedule;
        _console = console;
        _failFast = session.Engine.FailFast;
    }

    public void Run()
    {
        using var registration = _session.Interrupt.Token.Register(() => _events.Add(item: null));
        while (true)
        {
            foreach (var target in _schedule.TakeReady())
                Start(target);
            if (_schedule.IsDone)
                return;
            Handle(_events.Take());
        }
    }

    private void Handle(ExecutableTarget? ended)
    {
        if (ended == null)
        {
            MarkNotRun(_schedule.Stop(because: null));
            return;
        }

        var succeeded = ended.Status is not (ExecutionStatus.Failed or ExecutionStatus.Aborted);
        MarkNotRun(_schedule.Complete(ended, succeeded));
        if (!succeeded && _failFast && !ended.ProceedAfterFailure && _schedule.Running.Count > 0)
            _session.CancelRunning($"{ended.Name} failed");
    }

    private static void MarkNotRun(IEnumerable<(ExecutableTarget Target, string Reason)> dropped)
    {
        foreach (var (target, reason) in dropped)
        {
            // A skipped target stays skipped.
            if (target.Status != ExecutionStatus.Scheduled)
                continue;
            target.Status = ExecutionStatus.NotRun;
            target.Reason = reason;
        }
    }

    private void Start(ExecutableTarget target)
    {
        if (target.Status == ExecutionStatus.Skipped)
        {
            _extensions.Invoke<IOnTargetSkipped>(x => x.OnTargetSkipped(target));
            _events.Add(target);
        }
        else if (target.Actions.Count == 0 && target.DynamicConditions.Count == 0)
        {
            target.Status = ExecutionStatus.Collective;
            _events.Add(target);
        }
        else
        {
            // A thread of its own: actions block, and the pool would start new threads only slowly.
            new Thread(() => Execute(target)) { Name = target.Name, IsBackground = true }.Start();
        }
    }

    private void Execute(ExecutableTarget target)
    {
        var start = _session.Time.GetTimestamp();
        target.StartedAt = _session.Time.GetLocalNow();
        try
        {
            if (!ShouldSkip(target))
                ExecuteActions(target);
        }
        catch (Exception exception)
        {
            Fail(target, exception);
        }
        finally
        {
            _console?.Complete(target);
            _session.Output.CurrentTarget = null;
            target.Duration = _session.Time.GetElapsedTime(start);
            if (target.Status == ExecutionStatus.Running)
                target.Status = ExecutionStatus.Succeeded;
            if (target.Status is not (ExecutionStatus.Skipped or ExecutionStatus.Collective))
                _session.Output.Finished(target);
            _events.Add(target);
        }
    }

    private bool ShouldSkip(ExecutableTarget target)
    {
        foreach (var (text, condition) in target.DynamicConditions)
        {
            if (condition())
                continue;
            target.Status = ExecutionStatus.Skipped;
            target.OnlyWhen = text;
            target.Skipped = text;
            target.Reason = text;
            target.StartedAt = null;
            _extensions.Invoke<IOnTargetSkipped>(x => x.OnTargetSkipped(target));
            return true;
        }

        return false;
    }

    private void ExecuteActions(ExecutableTarget target)
    {
        if (target.Actions.Count == 0)
        {
            target.Status = ExecutionStatus.Collective;
            return;
        }

        target.Status = ExecutionStatus.Running;
        _session.Output.Started(target);
        _session.Output.CurrentTarget = target;
        _extensions.Invoke<IOnTargetRunning>(x => x.OnTargetRunning(target));
        foreach (var action in target.Actions)
            action();
        target.Status = ExecutionStatus.Succeeded;
        _extensions.Invoke<IOnTargetSucceeded>(x => x.OnTargetSucceeded(target));
    }

    private void Fail(ExecutableTarget target, Exception exception)
    {
        var failure = Failure.From(exception);
        var interrupted = _session.Interrupt.IsCancellationRequested;
        target.Exception = exception;
        target.Reason = _session.Secrets.Apply(interrupted ? _session.InterruptReason ?? "cancelled" : failure.Summary);
        target.Status = interrupted ? ExecutionStatus.Aborted : ExecutionStatus.Failed;
        var text = interrupted ? $"Target {target.Name} was cancelled: {failure.Summary}" : $"Target {target.Name} {failure.Text}";
        _session.Output.Write(interrupted ? LogEventLevel.Warning : LogEventLevel.Error, text, target);
        _session.Output.WriteLogOnly(LogEventLevel.Error, exception.ToString(), target);
        if (interrupted)
            return;
        try
        {
            _extensions.Invoke<IOnTargetFailed>(x => x.OnTargetFailed(target));
        }
        catch (Exception hookException)
        {
            _session.Output.Write(LogEventLevel.Error, $"OnTargetFailed of {target.Name} failed too: {hookException}", target);
        }
    }
}
