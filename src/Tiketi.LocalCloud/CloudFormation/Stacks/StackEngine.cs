using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Starts what callers ask for, refuses what AWS refuses, and after a restart goes on with what was under way. Refusals are <see cref="QueryException"/>s.</summary>
internal sealed class StackEngine(StackServices services, ILogger<StackEngine> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Task, string> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _names = new();

    public StackServices Services => services;

    public string Create(StackRequest request)
    {
        StackInputs.CheckName(request.StackName, "stackName");
        var input = StackInputs.Build(request, previous: null, services);
        lock (_names)
        {
            if (services.StacksIn(request.Region).Find(request.StackName) is not null)
            {
                throw new QueryException("AlreadyExistsException", $"Stack [{request.StackName}] already exists");
            }

            var stack = NewStack(request);
            Apply(stack, request);
            stack.Input = input;
            Start(stack, StackStatus.CreateInProgress, "User Initiated");
            return stack.StackId;
        }
    }

    public string Update(StackRequest request)
    {
        var stack = services.StacksIn(request.Region).Get(request.StackName);
        lock (stack.Sync)
        {
            RequireUpdatable(stack);
            var input = StackInputs.Build(request, stack.Input, services);
            var plan = new ChangePlanner(stack, new StackModel(stack, input, services), services).Plan();
            if (plan.IsEmpty && TagsOf(input).SequenceEqual(TagsOf(stack.Input!)))
            {
                throw QueryException.Validation("No updates are to be performed.");
            }

            StartUpdate(stack, input, request.ClientRequestToken);
        }

        return stack.StackId;
    }

    public void Delete(StackRecord stack, IReadOnlyCollection<string> retain, string? clientRequestToken)
    {
        lock (stack.Sync)
        {
            if (stack.Status is StackStatus.DeleteComplete or StackStatus.DeleteInProgress)
            {
                return;
            }

            if (stack.TerminationProtection)
            {
                throw QueryException.Validation($"Stack [{stack.StackName}] cannot be deleted while TerminationProtection is enabled");
            }

            if (StackStatus.IsInProgress(stack.Status))
            {
                throw QueryException.Validation($"Stack [{stack.StackName}] cannot be deleted while in status {stack.Status}");
            }

            if (retain.Count > 0 && stack.Status != StackStatus.DeleteFailed)
            {
                throw QueryException.Validation($"Invalid operation on stack [{stack.StackId}]. Specify ResourcesToRetain only when the stack is in the DELETE_FAILED state");
            }

            var (before, reason) = (stack.Status, stack.StatusReason);
            stack.ClientRequestToken = clientRequestToken;
            var journal = new StackJournal(stack, services);
            journal.Stack(StackStatus.DeleteInProgress, "User Initiated");
            if (ExportInUse(stack) is { } refusal)
            {
                journal.Stack(before, refusal);
                return;
            }

            Run(stack, operation => operation.DeleteAsync(retain, _stopping.Token));
        }
    }

    /// <summary>Tries a failed rollback of an update again.</summary>
    public void ContinueUpdateRollback(StackRecord stack)
    {
        lock (stack.Sync)
        {
            if (stack.Status != StackStatus.UpdateRollbackFailed)
            {
                throw QueryException.Validation($"Stack [{stack.StackName}] is in {stack.Status} state and can not continue an update rollback");
            }

            Start(stack, StackStatus.UpdateRollbackInProgress, "User Initiated");
        }
    }

    public string SetTerminationProtection(StackRecord stack, bool enabled)
    {
        new StackJournal(stack, services).Change(record => record.TerminationProtection = enabled);
        return stack.StackId;
    }

    public void SetPolicy(StackRecord stack, string policy) =>
        new StackJournal(stack, services).Change(record => record.Policy = StackPolicy.Check(policy));

    /// <summary>A stack that so far is only a name: REVIEW_IN_PROGRESS when a change set makes it.</summary>
    public StackRecord NewStack(StackRequest request) => new()
    {
        StackName = request.StackName,
        StackId = $"arn:aws:cloudformation:{request.Region ?? services.Settings.Region}:{LocalCloudSettings.AccountId}:stack/{request.StackName}/{Guid.NewGuid()}",
        CreationTime = services.Time.GetUtcNow(),
    };

    /// <summary>Begins the creation of a stack whose input is set; the caller holds its lock.</summary>
    public void Start(StackRecord stack, string status, string reason)
    {
        new StackJournal(stack, services).Stack(status, reason);
        Run(stack, operation => operation.RunAsync(_stopping.Token));
    }

    /// <summary>Begins an update to an input that was planned; the caller holds the stack's lock.</summary>
    public void StartUpdate(StackRecord stack, StackInput input, string? clientRequestToken)
    {
        stack.ClientRequestToken = clientRequestToken;
        stack.Previous = new StackSnapshot(stack.Input!, stack.Resources, stack.Outputs, stack.Imports, stack.Status);
        stack.Input = input;
        stack.LastUpdatedTime = services.Time.GetUtcNow();
        stack.ChangeSets = [.. stack.ChangeSets.Select(changeSet => changeSet.ExecutionStatus == "AVAILABLE" ? changeSet with { ExecutionStatus = "OBSOLETE" } : changeSet)];
        Start(stack, StackStatus.UpdateInProgress, "User Initiated");
    }

    /// <summary>Begins an import that was planned; the caller holds the stack's lock.</summary>
    public void StartImport(StackRecord stack, StackInput input, string? clientRequestToken)
    {
        stack.ClientRequestToken = clientRequestToken;
        stack.Previous = stack.Input is { } present ? new StackSnapshot(present, stack.Resources, stack.Outputs, stack.Imports, stack.Status) : null;
        stack.Input = input;
        Start(stack, StackStatus.ImportInProgress, "User Initiated");
    }

    public static void RequireUpdatable(StackRecord stack)
    {
        if (!StackStatus.IsUpdatable(stack.Status))
        {
            throw QueryException.Validation($"Stack:{stack.StackId} is in {stack.Status} state and can not be updated.");
        }
    }

    public static IEnumerable<KeyValuePair<string, string>> TagsOf(StackInput input) => input.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal);

    /// <summary>Goes on with what a former process left under way.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stack in services.Repository.All.Where(stack => StackStatus.IsInProgress(stack.Status)))
        {
            lock (stack.Sync)
            {
                new StackOperation(stack, services, logger).Interrupt();
                Run(stack, operation => operation.RunAsync(_stopping.Token));
            }
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    public static void Apply(StackRecord stack, StackRequest request)
    {
        stack.DisableRollback = request.DisableRollback;
        stack.DeleteOnFailure = request.DeleteOnFailure;
        stack.TerminationProtection = request.TerminationProtection;
        stack.Policy = request.Policy is null ? null : StackPolicy.Check(request.Policy);
        stack.ClientRequestToken = request.ClientRequestToken;
    }

    private string? ExportInUse(StackRecord stack)
    {
        foreach (var name in stack.Outputs.Select(output => output.ExportName).OfType<string>())
        {
            var importers = services.StacksBeside(stack).ImportersOf(name);
            if (importers.Count > 0)
            {
                return $"Delete canceled. Cannot delete export {name} as it is in use by {RegionalStacks.Sentence(importers)}.";
            }
        }

        return null;
    }

    private void Run(StackRecord stack, Func<StackOperation, Task> work)
    {
        var operation = Task.Run(async () =>
        {
            try
            {
                await work(new StackOperation(stack, services, logger));
            }
            catch (Exception error)
            {
                // The engine's own fault: the stack must not stay in progress for ever, and the reason must be seen.
                logger.LogError(error, "{Stack}: the operation failed unexpectedly", stack.StackName);
                new StackJournal(stack, services).Stack(FailureOf(stack.Status), $"Internal Failure: {error.Message}");
            }
        });
        _running[operation] = stack.StackName;
        _ = operation.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private static string FailureOf(string status) => status switch
    {
        StackStatus.CreateInProgress => StackStatus.CreateFailed,
        StackStatus.RollbackInProgress => StackStatus.RollbackFailed,
        StackStatus.DeleteInProgress => StackStatus.DeleteFailed,
        StackStatus.ImportInProgress or StackStatus.ImportRollbackInProgress => StackStatus.ImportRollbackFailed,
        _ => StackStatus.UpdateRollbackFailed,
    };
}
