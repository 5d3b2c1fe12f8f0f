using Amazon.CloudFormation;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Runs work over stacks, at the same time where their graph allows it.</summary>
internal static class StackRuns
{
    /// <summary>Runs <paramref name="work"/> for each stack as soon as all that it waits for, of those given, has succeeded.</summary>
    public static async Task<IReadOnlyList<T>> ForEachAsync<T>(
        IReadOnlyList<StackTemplate> ordered, Func<string, IReadOnlyList<string>> waitsFor, Func<StackTemplate, IReadOnlyList<T>, Task<T>> work)
    {
        var tasks = new Dictionary<string, Task<T>>(StringComparer.Ordinal);
        foreach (var stack in ordered)
        {
            tasks[stack.Name] = RunAsync(stack, [.. waitsFor(stack.Name).Where(tasks.ContainsKey).Select(name => tasks[name])]);
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

    private static Exception Explain(StackTemplate stack, Exception error) => error as PipelineException ?? AwsFailure.Explain(error) ?? error switch
    {
        // What the SDK does not wrap: a connection that breaks while an answer is read.
        HttpRequestException or IOException => new PipelineException(
            $"AWS cannot be reached: {error.Message}", "Check the network, then run the same command: it goes on where it stopped.", error),
        AmazonCloudFormationException refused => new PipelineException(
            $"Stack {stack.Name}: CloudFormation answers {refused.ErrorCode}: {refused.Message}",
            $"Correct {stack.File}, or what the message names, and run the same command again.", refused),
        _ => error,
    };

    /// <summary>Marks a stack that was not begun because one before it failed; never leaves this class.</summary>
    private sealed class NotStartedException : Exception;
}
