using Amazon.CloudFormation;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// Brings an environment's stacks to their templates. Stacks that do not need each other go at the same time; every change
/// goes through a change set; nothing to change means no write call. State is CloudFormation's alone, so a run that was
/// interrupted is simply run again.
/// </summary>
public sealed class StackDeployer(IAmazonCloudFormation cloudFormation, ILogger<StackDeployer> logger, TimeProvider time)
{
    private readonly Lock _progress = new();

    /// <summary>Creates or updates every stack.</summary>
    /// <exception cref="PipelineException">
    /// A stack cannot be deployed: names the stack, the first resource that failed and why. Stacks that do not need it are
    /// finished all the same; those that do are not started.
    /// </exception>
    public async Task<InfrastructureResult> ApplyAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var results = await ForEachAsync<StackResult>(request.Graph.Stacks, request.Graph.Needs, (stack, _) =>
            Operation(request, stack).ApplyAsync(cancellationToken)).ConfigureAwait(false);
        return new InfrastructureResult(results);
    }

    /// <summary>Says what <see cref="ApplyAsync"/> would do; change sets made for that are removed again.</summary>
    /// <exception cref="PipelineException">A template is refused, or a stack is in the middle of an operation.</exception>
    public async Task<InfrastructurePlan> PlanAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var plans = await ForEachAsync<StackPlan>(request.Graph.Stacks, request.Graph.Needs, (stack, needs) =>
            Operation(request, stack).PlanAsync(
                needs.All(need => need.Action is StackAction.None or StackAction.Update), cancellationToken)).ConfigureAwait(false);
        return new InfrastructurePlan(plans);
    }

    /// <summary>Deletes every stack, those that are needed by others last.</summary>
    /// <exception cref="PipelineException">A stack is protected or cannot be deleted: names the resource and why.</exception>
    public async Task<InfrastructureResult> DestroyAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var results = await ForEachAsync<StackResult>([.. request.Graph.Stacks.Reverse()], request.Graph.NeededBy, (stack, _) =>
            Operation(request, stack).DestroyAsync(cancellationToken)).ConfigureAwait(false);
        return new InfrastructureResult([.. results.Reverse()]);
    }

    private StackOperation Operation(InfrastructureRequest request, StackTemplate stack) => new(
        cloudFormation, logger, time, request, stack, transition =>
        {
            lock (_progress)
            {
                request.Progress?.Invoke(transition);
            }
        });

    /// <summary>Runs <paramref name="work"/> for each stack as soon as all that it waits for has succeeded.</summary>
    private static async Task<IReadOnlyList<T>> ForEachAsync<T>(
        IReadOnlyList<StackTemplate> ordered, Func<string, IReadOnlyList<string>> waitsFor, Func<StackTemplate, IReadOnlyList<T>, Task<T>> work)
    {
        var tasks = new Dictionary<string, Task<T>>(StringComparer.Ordinal);
        foreach (var stack in ordered)
        {
            tasks[stack.Name] = RunAsync(stack, [.. waitsFor(stack.Name).Select(name => tasks[name])]);
        }

        await Task.WhenAll(tasks.Values).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        if (tasks.Values.All(task => task.IsCompletedSuccessfully))
        {
            return [.. ordered.Select(stack => tasks[stack.Name].Result)];
        }

        throw Combine(ordered, tasks.ToDictionary(entry => entry.Key, entry => (Task)entry.Value, StringComparer.Ordinal));

        async Task<T> RunAsync(StackTemplate stack, Task<T>[] before)
        {
            T[] needs;
            try
            {
                needs = await Task.WhenAll(before).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new NotStartedException();
            }

            return await work(stack, needs).ConfigureAwait(false);
        }
    }

    /// <summary>One exception for all that failed: cancellation first, then the causes, then what was therefore not started.</summary>
    private static Exception Combine(IReadOnlyList<StackTemplate> ordered, Dictionary<string, Task> tasks)
    {
        if (tasks.Values.FirstOrDefault(task => task.IsCanceled) is not null)
        {
            return new OperationCanceledException("Stopped. CloudFormation carries on with what it has begun; run the same command again to follow it.");
        }

        var errors = ordered.Select(stack => (Stack: stack, Error: tasks[stack.Name].Exception?.InnerException)).Where(entry => entry.Error is not null).ToList();
        var notStarted = errors.Where(entry => entry.Error is NotStartedException).Select(entry => entry.Stack.Name).ToList();
        var causes = errors.Where(entry => entry.Error is not NotStartedException).Select(entry => Explain(entry.Stack, entry.Error!)).ToList();
        if (causes.Find(cause => cause is not PipelineException) is { } unexpected)
        {
            return new AggregateException($"The stacks could not be deployed: {unexpected.Message}", causes);
        }

        var expected = causes.Cast<PipelineException>().DistinctBy(cause => cause.Message).ToList();
        var rest = notStarted.Count == 0 ? "" : $"{Environment.NewLine}Not started, because they wait for it: {string.Join(", ", notStarted)}.";
        return expected.Count == 1 && rest.Length == 0
            ? expected[0]
            : new PipelineException(
                string.Join(Environment.NewLine, expected.Select(cause => cause.Message)) + rest,
                string.Join(Environment.NewLine, expected.Select(cause => cause.Remedy).Distinct(StringComparer.Ordinal)),
                expected[0]);
    }

    private static Exception Explain(StackTemplate stack, Exception error) => error as PipelineException
        ?? AwsFailure.Explain(error)
        ?? (error is AmazonCloudFormationException refused
            ? new PipelineException($"Stack {stack.Name}: CloudFormation answers {refused.ErrorCode}: {refused.Message}",
                $"Correct {stack.File}, or what the message names, and run the same command again.", refused)
            : error);

    /// <summary>Marks a stack that was not begun because one before it failed; never leaves this class.</summary>
    private sealed class NotStartedException : Exception;
}
