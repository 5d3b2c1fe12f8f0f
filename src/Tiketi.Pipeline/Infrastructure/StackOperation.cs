using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Everything that is done to one stack.</summary>
internal sealed class StackOperation(
    IAmazonCloudFormation cloudFormation, ILogger logger, TimeProvider time,
    InfrastructureRequest request, StackTemplate template, Action<ResourceTransition> report)
{
    private readonly string _stackName = StackNames.Of(request.Environment, template.Name);
    private readonly long _begin = time.GetTimestamp();

    /// <summary>Brings the stack to the template, whatever state it is in. Makes no write call when it is there already.</summary>
    public async Task<StackResult> ApplyAsync(CancellationToken cancellationToken)
    {
        var stack = await SettledAsync(cancellationToken).ConfigureAwait(false);
        if (stack is not null && IsFailedCreation(stack))
        {
            logger.LogInformation("Stack {Stack} is {Status}: deleting its remains", _stackName, stack.StackStatus.Value);
            await DeleteAsync(stack, cancellationToken).ConfigureAwait(false);
            stack = null;
        }

        if (stack is null || stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
        {
            return await ChangeAsync(ChangeSetType.CREATE, stack, cancellationToken).ConfigureAwait(false);
        }

        RequireChangeable(stack);
        return await IsAsWantedAsync(stack, cancellationToken).ConfigureAwait(false)
            ? Result(StackOutcome.Unchanged, 0, stack)
            : await ChangeAsync(ChangeSetType.UPDATE, stack, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What <see cref="ApplyAsync"/> would do. Leaves nothing behind.</summary>
    /// <param name="needsAreDeployed">Whether every stack it imports from is there.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<StackPlan> PlanAsync(bool needsAreDeployed, CancellationToken cancellationToken)
    {
        var stack = await StackQueries.FindAsync(cloudFormation, _stackName, cancellationToken).ConfigureAwait(false);
        if (stack is not null && StackQueries.IsBusy(stack.StackStatus))
        {
            throw new PipelineException($"Stack {_stackName} is {stack.StackStatus}: somebody is changing it now.", "Plan again when that is done.");
        }

        var exists = stack is not null && stack.StackStatus != StackStatus.REVIEW_IN_PROGRESS && !IsFailedCreation(stack);
        if (exists)
        {
            RequireChangeable(stack!);
        }

        if (exists && await IsAsWantedAsync(stack!, cancellationToken).ConfigureAwait(false))
        {
            return new StackPlan(template.Name, _stackName, StackAction.None, [], FromTemplate: false);
        }

        var recreated = stack is not null && IsFailedCreation(stack);
        if (recreated || (!exists && !needsAreDeployed))
        {
            await ValidateAsync(cancellationToken).ConfigureAwait(false);
            return new StackPlan(template.Name, _stackName, recreated ? StackAction.Recreate : StackAction.Create,
                [.. template.Resources.Select(resource => new PlannedChange("Add", resource.LogicalId, resource.Type, null, []))], FromTemplate: true);
        }

        var changeSet = new ChangeSet(cloudFormation, logger, time, request, template, _stackName);
        try
        {
            var changes = await changeSet.CreateAsync(exists ? ChangeSetType.UPDATE : ChangeSetType.CREATE, cancellationToken).ConfigureAwait(false);
            var action = !exists ? StackAction.Create : changes is null ? StackAction.None : StackAction.Update;
            return new StackPlan(template.Name, _stackName, action, [.. (changes ?? []).Select(Planned)], FromTemplate: false);
        }
        finally
        {
            await changeSet.DiscardAsync(withNewStack: stack is null).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes the stack if it is there.</summary>
    public async Task<StackResult> DestroyAsync(CancellationToken cancellationToken)
    {
        var stack = await SettledAsync(cancellationToken).ConfigureAwait(false);
        if (stack is null)
        {
            return Result(StackOutcome.Unchanged, 0, null);
        }

        if (stack.EnableTerminationProtection == true)
        {
            throw new PipelineException(
                $"Stack {_stackName} is protected against deletion.",
                $"If it really is to go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {_stackName}");
        }

        var resources = await cloudFormation.DescribeStackResourcesAsync(
            new DescribeStackResourcesRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(stack, cancellationToken).ConfigureAwait(false);
        return Result(StackOutcome.Deleted, resources.StackResources?.Count ?? 0, null);
    }

    /// <summary>The stack, once nobody else's operation on it is in progress.</summary>
    private async Task<Stack?> SettledAsync(CancellationToken cancellationToken)
    {
        var stack = await StackQueries.FindAsync(cloudFormation, _stackName, cancellationToken).ConfigureAwait(false);
        if (stack is not null && StackQueries.IsBusy(stack.StackStatus))
        {
            logger.LogInformation("Stack {Stack} is {Status}: waiting for that to end", _stackName, stack.StackStatus.Value);
            stack = await Follower(stack.StackId).WaitAsync(justStarted: false, cancellationToken).ConfigureAwait(false);
        }

        return stack;
    }

    /// <exception cref="PipelineException">CloudFormation accepts no change to a stack in this status.</exception>
    private void RequireChangeable(Stack stack)
    {
        if (stack.StackStatus == StackStatus.UPDATE_ROLLBACK_FAILED || stack.StackStatus == StackStatus.DELETE_FAILED
            || stack.StackStatus == StackStatus.IMPORT_ROLLBACK_FAILED)
        {
            throw new PipelineException(
                $"Stack {_stackName} is {stack.StackStatus}{(string.IsNullOrEmpty(stack.StackStatusReason) ? "" : ": " + stack.StackStatusReason)}, which CloudFormation cannot change.",
                stack.StackStatus == StackStatus.DELETE_FAILED
                    ? "Remove what blocks the deletion, then run DestroyInfra."
                    : $"Mend the cause, then: aws cloudformation continue-update-rollback --stack-name {_stackName}");
        }
    }

    private async Task<StackResult> ChangeAsync(ChangeSetType type, Stack? before, CancellationToken cancellationToken)
    {
        var changeSet = new ChangeSet(cloudFormation, logger, time, request, template, _stackName);
        IReadOnlyList<ResourceChange>? changes;
        try
        {
            changes = await changeSet.CreateAsync(type, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await changeSet.DiscardAsync(withNewStack: before is null).ConfigureAwait(false);
            throw;
        }

        if (changes is null)
        {
            await changeSet.DiscardAsync(withNewStack: before is null).ConfigureAwait(false);
            return Result(StackOutcome.Unchanged, 0, before);
        }

        var follower = Follower(changeSet.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await changeSet.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        var stack = await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false);
        var succeeded = type == ChangeSetType.CREATE ? StackStatus.CREATE_COMPLETE : StackStatus.UPDATE_COMPLETE;
        return stack?.StackStatus == succeeded
            ? Result(type == ChangeSetType.CREATE ? StackOutcome.Created : StackOutcome.Updated, changes.Count, stack)
            : throw StackFailure.Explain(template, _stackName, stack?.StackStatus.Value, follower.Events);
    }

    private async Task DeleteAsync(Stack stack, CancellationToken cancellationToken)
    {
        var follower = Follower(stack.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        if (await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false) is { } left)
        {
            throw StackFailure.Explain(template, _stackName, left.StackStatus.Value, follower.Events);
        }
    }

    /// <summary>Whether the deployed stack has this template, these parameters and these tags; reads only.</summary>
    private async Task<bool> IsAsWantedAsync(Stack stack, CancellationToken cancellationToken)
    {
        if (stack.StackStatus != StackStatus.CREATE_COMPLETE && stack.StackStatus != StackStatus.UPDATE_COMPLETE && stack.StackStatus != StackStatus.IMPORT_COMPLETE)
        {
            return false;
        }

        var deployed = (stack.Parameters ?? []).ToDictionary(parameter => parameter.ParameterKey, parameter => parameter.ParameterValue, StringComparer.Ordinal);
        var wanted = request.ParametersOf(template);
        var tags = (stack.Tags ?? []).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);
        if (deployed.Count != wanted.Count || tags.Count != request.AllTags.Count
            || wanted.Any(entry => !template.Parameters[entry.Key].IsComparable
                || deployed.GetValueOrDefault(entry.Key) != (entry.Value ?? template.Parameters[entry.Key].Default))
            || request.AllTags.Any(tag => tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            return false;
        }

        var body = await cloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        return Normal(body.TemplateBody) == Normal(template.Body);

        static string Normal(string text) => text.ReplaceLineEndings("\n").Trim();
    }

    private async Task ValidateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = template.Body }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonCloudFormationException invalid) when (invalid.ErrorCode == "ValidationError")
        {
            throw new PipelineException($"{template.File}: {invalid.Message}", $"Correct {template.File}.", invalid);
        }
    }

    private static bool IsFailedCreation(Stack stack) => stack.StackStatus == StackStatus.ROLLBACK_COMPLETE
        || stack.StackStatus == StackStatus.ROLLBACK_FAILED || stack.StackStatus == StackStatus.CREATE_FAILED;

    private static PlannedChange Planned(ResourceChange change) => new(
        change.Action.Value, change.LogicalResourceId, change.ResourceType, change.Replacement?.Value,
        [.. (change.Details ?? []).Select(detail => detail.Target?.Name).OfType<string>().Distinct(StringComparer.Ordinal)]);

    private StackFollower Follower(string stackId) => new(cloudFormation, time, template.Name, stackId, report);

    private StackResult Result(StackOutcome outcome, int resourcesChanged, Stack? stack) => new(
        template.Name, _stackName, outcome, resourcesChanged,
        stack is null ? new StackOutputs(_stackName, new Dictionary<string, string>(StringComparer.Ordinal)) : StackOutputs.Of(stack),
        time.GetElapsedTime(_begin));
}
