using System.Collections.Concurrent;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>The outputs of one deployed stack.</summary>
/// <param name="StackName">The stack's full name, for messages.</param>
/// <param name="Values">Output key to value.</param>
public sealed record StackOutputs(string StackName, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The output named <paramref name="key"/>.</summary>
    /// <exception cref="PipelineException">The deployed stack has no such output.</exception>
    public string Require(string key) => Values.TryGetValue(key, out var value)
        ? value
        : throw new PipelineException($"Stack {StackName} has no output {key}.", "Run ApplyInfra first: the deployed stack is older than infra/.");

    internal static StackOutputs Of(Stack stack) => new(stack.StackName,
        (stack.Outputs ?? []).ToDictionary(output => output.OutputKey, output => output.OutputValue, StringComparer.Ordinal));
}

/// <summary>Reads the outputs of an environment's stacks, each stack once. Thread-safe.</summary>
/// <param name="cloudFormation">Where the stacks are.</param>
/// <param name="environment">"local", "staging", "production".</param>
public sealed class EnvironmentOutputs(IAmazonCloudFormation cloudFormation, string environment)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<StackOutputs?>>> _stacks = new(StringComparer.Ordinal);

    /// <summary>The outputs of a stack.</summary>
    /// <param name="stack">The short name: network, data, registry, cluster, storage, frontend.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PipelineException">The stack is not deployed.</exception>
    public async Task<StackOutputs> GetAsync(string stack, CancellationToken cancellationToken = default)
    {
        var read = _stacks.GetOrAdd(stack, name => new Lazy<Task<StackOutputs?>>(() => ReadAsync(name)));
        try
        {
            return await read.Value.WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new PipelineException($"Stack {StackNames.Of(environment, stack)} does not exist.", "Run ApplyInfra first.");
        }
        catch
        {
            // A failure is not remembered: the stack may be there the next time.
            _stacks.TryRemove(KeyValuePair.Create(stack, read));
            throw;
        }
    }

    /// <summary>One output: <c>RequireAsync("data", "DatabaseEndpoint")</c>.</summary>
    /// <exception cref="PipelineException">The stack is not deployed or has no such output.</exception>
    public async Task<string> RequireAsync(string stack, string key, CancellationToken cancellationToken = default) =>
        (await GetAsync(stack, cancellationToken).ConfigureAwait(false)).Require(key);

    /// <summary>Forgets what was read: ApplyInfra may have changed it.</summary>
    public void Forget() => _stacks.Clear();

    private async Task<StackOutputs?> ReadAsync(string stack) =>
        await StackQueries.FindAsync(cloudFormation, StackNames.Of(environment, stack), CancellationToken.None).ConfigureAwait(false) is
        { } found && found.StackStatus != StackStatus.REVIEW_IN_PROGRESS
            ? StackOutputs.Of(found)
            : null;
}

/// <summary>How stacks are named.</summary>
public static class StackNames
{
    /// <summary>"tiketi-ENVIRONMENT-NAME".</summary>
    public static string Of(string environment, string stack) => $"tiketi-{environment}-{stack}";
}
