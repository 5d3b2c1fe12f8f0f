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

/// <summary>Reads the outputs of an environment's stacks, each stack once and in the region that it lives in. Thread-safe.</summary>
/// <param name="cloudFormation">CloudFormation of a region; null stands for the environment's own.</param>
/// <param name="request">The environment and its stacks.</param>
public sealed class EnvironmentOutputs(Func<string?, IAmazonCloudFormation> cloudFormation, InfrastructureRequest request)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<StackOutputs?>>> _stacks = new(StringComparer.Ordinal);

    /// <summary>The outputs of a stack.</summary>
    /// <param name="stack">The short name: network, data, registry, cluster, storage, frontend ...</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PipelineException">The environment does without the stack, or it is not deployed.</exception>
    public async Task<StackOutputs> GetAsync(string stack, CancellationToken cancellationToken = default)
    {
        if (!request.Has(Template(stack)))
        {
            throw new PipelineException(
                $"Environment {request.Environment} does without stack {stack}: its parameter {Template(stack).Metadata.When} has no value.",
                $"Set it under parameters in environments/{request.Environment}.yaml, then run ApplyInfra.");
        }

        var read = _stacks.GetOrAdd(stack, name => new Lazy<Task<StackOutputs?>>(() => ReadAsync(name)));
        try
        {
            return await read.Value.WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new PipelineException($"Stack {StackNames.Of(request.Environment, stack)} does not exist.", "Run ApplyInfra first.");
        }
        catch
        {
            // A failure is not remembered: the stack may be there the next time.
            _stacks.TryRemove(KeyValuePair.Create(stack, read));
            throw;
        }
    }

    /// <summary>One output: <c>RequireAsync("data", "DatabaseEndpoint")</c>.</summary>
    /// <exception cref="PipelineException">The environment does without the stack, it is not deployed or has no such output.</exception>
    public async Task<string> RequireAsync(string stack, string key, CancellationToken cancellationToken = default) =>
        (await GetAsync(stack, cancellationToken).ConfigureAwait(false)).Require(key);

    /// <summary>One output that not every environment has: null where the environment does without the stack, or the stack without the output.</summary>
    /// <exception cref="PipelineException">The environment has the stack, but it is not deployed.</exception>
    public async Task<string?> FindAsync(string stack, string key, CancellationToken cancellationToken = default) =>
        request.Has(Template(stack)) ? (await GetAsync(stack, cancellationToken).ConfigureAwait(false)).Values.GetValueOrDefault(key) : null;

    /// <summary>Forgets what was read: ApplyInfra may have changed it.</summary>
    public void Forget() => _stacks.Clear();

    private StackTemplate Template(string stack) => request.Graph.Stacks.FirstOrDefault(template => template.Name == stack)
        ?? throw new PipelineException($"infra/ has no stack {stack}.", $"Stacks there are: {string.Join(", ", request.Graph.Stacks.Select(template => template.Name))}.");

    private async Task<StackOutputs?> ReadAsync(string stack) =>
        await StackQueries.FindAsync(cloudFormation(Template(stack).Metadata.Region), StackNames.Of(request.Environment, stack), CancellationToken.None).ConfigureAwait(false) is
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
