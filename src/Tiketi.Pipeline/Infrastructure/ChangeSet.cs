using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>One change set from its creation to its execution or removal.</summary>
internal sealed class ChangeSet(
    IAmazonCloudFormation cloudFormation, ILogger logger, TimeProvider time, InfrastructureRequest request, StackTemplate template, string stackName)
{
    private string? _id;
    private string? _stackId;

    /// <summary>The stack's id, known once the change set is created.</summary>
    public string StackId => _stackId ?? stackName;

    /// <summary>Creates the change set and waits until CloudFormation has computed it. Null: there is nothing to change.</summary>
    /// <exception cref="PipelineException">CloudFormation refuses the template or cannot compute the changes.</exception>
    public async Task<IReadOnlyList<ResourceChange>?> CreateAsync(ChangeSetType type, CancellationToken cancellationToken)
    {
        try
        {
            var created = await cloudFormation.CreateChangeSetAsync(Request(type), cancellationToken).ConfigureAwait(false);
            _id = created.Id;
            _stackId = created.StackId;
        }
        catch (AmazonCloudFormationException invalid) when (invalid.ErrorCode == "ValidationError")
        {
            throw new PipelineException($"CloudFormation refuses {template.File}: {invalid.Message}", $"Correct {template.File}.", invalid);
        }

        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            var (answer, changes) = await DescribeAsync(cancellationToken).ConfigureAwait(false);
            if (answer.Status == ChangeSetStatus.CREATE_COMPLETE)
            {
                return changes;
            }

            if (answer.Status == ChangeSetStatus.FAILED)
            {
                return IsNoChange(answer.StatusReason) ? null : throw new PipelineException(
                    $"CloudFormation cannot change stack {stackName}: {answer.StatusReason}", $"Correct {template.File} or the environment's parameters.");
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, TimeSpan.FromSeconds(3).Ticks));
        }
    }

    public Task ExecuteAsync(CancellationToken cancellationToken) =>
        cloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = _id }, cancellationToken);

    /// <summary>
    /// Removes the change set; with the empty stack that a change set of type CREATE brings into being. Tidies up, so it is
    /// not cancellable and never hides the error that led here: what is left over is harmless and logged.
    /// </summary>
    public async Task DiscardAsync(bool withNewStack)
    {
        if (_id is null)
        {
            return;
        }

        try
        {
            await cloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = _id }, CancellationToken.None).ConfigureAwait(false);
            if (withNewStack)
            {
                await cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = StackId }, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (AmazonClientException error)
        {
            logger.LogWarning(error, "Change set {ChangeSet} of stack {Stack} could not be removed", _id, stackName);
        }
    }

    private CreateChangeSetRequest Request(ChangeSetType type) => new()
    {
        StackName = stackName,
        ChangeSetName = $"tiketi-{Guid.CreateVersion7(time.GetUtcNow()):N}",
        ChangeSetType = type,
        TemplateBody = template.Body,
        Capabilities = [Capability.CAPABILITY_NAMED_IAM],
        Parameters = [.. request.ParametersOf(template).Where(entry => entry.Value is not null)
            .Select(entry => new Parameter { ParameterKey = entry.Key, ParameterValue = entry.Value })],
        Tags = [.. request.AllTags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
    };

    private async Task<(DescribeChangeSetResponse Answer, IReadOnlyList<ResourceChange> Changes)> DescribeAsync(CancellationToken cancellationToken)
    {
        var changes = new List<ResourceChange>();
        string? token = null;
        DescribeChangeSetResponse page;
        do
        {
            page = await cloudFormation.DescribeChangeSetAsync(
                new DescribeChangeSetRequest { ChangeSetName = _id, NextToken = token }, cancellationToken).ConfigureAwait(false);
            changes.AddRange((page.Changes ?? []).Select(change => change.ResourceChange));
            token = page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));

        return (page, changes);
    }

    /// <summary>CloudFormation reports "nothing to do" as a failure, in two wordings.</summary>
    private static bool IsNoChange(string? reason) => reason is not null
        && (reason.Contains("didn't contain changes", StringComparison.Ordinal) || reason.Contains("No updates are to be performed", StringComparison.Ordinal));
}
