using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>One stack of one run: where it is, and what everything done to it shares.</summary>
internal sealed record StackContext(
    IAmazonCloudFormation CloudFormation, ILogger Logger, TimeProvider Time,
    InfrastructureRequest Request, StackTemplate Template, Action<ResourceTransition> Report)
{
    private readonly long _begin = Time.GetTimestamp();

    public string StackName { get; } = StackNames.Of(Request.Environment, Template.Name);

    /// <summary>The stack as it is, or null.</summary>
    public Task<Stack?> FindAsync(CancellationToken cancellationToken) => StackQueries.FindAsync(CloudFormation, StackName, cancellationToken);

    /// <summary>The stack, once nobody else's operation on it is in progress; that one is followed to its end.</summary>
    public async Task<Stack?> SettledAsync(CancellationToken cancellationToken)
    {
        var stack = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (stack is not null && StackQueries.IsBusy(stack.StackStatus))
        {
            Logger.LogInformation("Stack {Stack} is {Status}: waiting for that to end", StackName, stack.StackStatus.Value);
            stack = await Follower(stack.StackId).WaitAsync(justStarted: false, cancellationToken).ConfigureAwait(false);
        }

        return stack;
    }

    public StackFollower Follower(string stackId) => new(CloudFormation, Time, Template.Name, stackId, Report);

    /// <summary>Deletes the stack and waits until it is gone.</summary>
    /// <exception cref="PipelineException">It cannot be deleted: names the resource and why.</exception>
    public async Task DeleteAsync(Stack stack, CancellationToken cancellationToken)
    {
        var follower = Follower(stack.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        if (await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false) is { } left)
        {
            throw await StackFailure.ExplainAsync(this, left.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
        }
    }

    public StackResult Result(StackOutcome outcome, int resourcesChanged, Stack? stack) => new(
        Template.Name, StackName, outcome, resourcesChanged,
        stack is null ? new StackOutputs(StackName, new Dictionary<string, string>(StringComparer.Ordinal)) : StackOutputs.Of(stack),
        Time.GetElapsedTime(_begin));
}
