using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>One change set from its creation to its execution or removal.</summary>
internal sealed class ChangeSet(StackContext context, IReadOnlyDictionary<string, ParameterValue> parameters)
{
    private readonly string _name = $"tiketi-{Guid.CreateVersion7(context.Time.GetUtcNow()):N}";
    private string? _stackId;
    private bool _made;
    private bool _done;

    /// <summary>Of a change set of type IMPORT: what it takes over.</summary>
    public List<ResourceToImport>? ResourcesToImport { get; init; }

    /// <summary>The stack's id, known once the change set is created.</summary>
    public string StackId => _stackId ?? context.StackName;

    /// <summary>Creates the change set and waits until CloudFormation has computed it. Null: there is nothing to change.</summary>
    /// <exception cref="PipelineException">CloudFormation refuses the template or cannot compute the changes.</exception>
    public async Task<IReadOnlyList<ResourceChange>?> CreateAsync(ChangeSetType type, CancellationToken cancellationToken)
    {
        try
        {
            _made = true; // even if the answer is lost
            await context.CloudFormation.CreateChangeSetAsync(Request(type), cancellationToken).ConfigureAwait(false);
        }
        catch (AlreadyExistsException)
        {
            // Nobody else makes this name: the call was repeated because its first answer was lost.
        }
        catch (AmazonCloudFormationException invalid) when (invalid.ErrorCode == "ValidationError")
        {
            throw new PipelineException($"CloudFormation refuses {context.Template.File}: {invalid.Message}", $"Correct {context.Template.File}.", invalid);
        }

        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            var (answer, changes) = await DescribeAsync(cancellationToken).ConfigureAwait(false);
            _stackId = answer.StackId;
            if (answer.Status == ChangeSetStatus.CREATE_COMPLETE)
            {
                return changes;
            }

            if (answer.Status == ChangeSetStatus.FAILED)
            {
                return IsNoChange(answer.StatusReason) ? null : throw new PipelineException(
                    $"CloudFormation cannot change stack {context.StackName}: {answer.StatusReason}", $"Correct {context.Template.File} or the environment's parameters.");
            }

            await Task.Delay(pause, context.Time, cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, TimeSpan.FromSeconds(3).Ticks));
        }
    }

    /// <summary>Whether CloudFormation would not execute it, because the stack has been changed meanwhile.</summary>
    public bool WasRefused { get; private set; }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await context.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = _name, StackName = context.StackName }, cancellationToken).ConfigureAwait(false);
            _done = true;
        }
        catch (AmazonCloudFormationException refused) when (StackBusy.IsCause(refused))
        {
            var (answer, _) = await DescribeAsync(cancellationToken).ConfigureAwait(false);
            _done = answer.ExecutionStatus == ExecutionStatus.EXECUTE_IN_PROGRESS || answer.ExecutionStatus == ExecutionStatus.EXECUTE_COMPLETE;
            if (!_done)
            {
                WasRefused = true;
                throw;
            }

            // It is under way: the call was repeated because its first answer was lost.
        }
    }

    /// <summary>
    /// Removes the change set, unless it was executed; with the empty stack that a change set of type CREATE brings into being. Tidies up, so it is
    /// not cancellable and never hides the error that led here: what is left over is harmless and logged.
    /// </summary>
    public async Task DiscardAsync(bool withNewStack)
    {
        if (!_made || _done)
        {
            return;
        }

        _done = true;

        try
        {
            await context.CloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = _name, StackName = context.StackName }, CancellationToken.None).ConfigureAwait(false);
            if (withNewStack && await context.FindAsync(CancellationToken.None).ConfigureAwait(false) is { } stack && stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
            {
                await context.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack.StackId }, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            context.Logger.LogWarning(error, "Change set {ChangeSet} of stack {Stack} could not be removed", _name, context.StackName);
        }
    }

    private CreateChangeSetRequest Request(ChangeSetType type) => new()
    {
        StackName = context.StackName,
        ChangeSetName = _name,
        ChangeSetType = type,
        TemplateBody = context.Template.Body,
        Capabilities = [Capability.CAPABILITY_NAMED_IAM],
        ResourcesToImport = ResourcesToImport,
        Parameters = [.. parameters.Where(entry => entry.Value.Value is not null || entry.Value.KeepsPrevious)
            .Select(entry => new Parameter { ParameterKey = entry.Key, ParameterValue = entry.Value.Value, UsePreviousValue = entry.Value.KeepsPrevious ? true : null })],
        Tags = [.. context.Request.AllTags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
    };

    private async Task<(DescribeChangeSetResponse Answer, IReadOnlyList<ResourceChange> Changes)> DescribeAsync(CancellationToken cancellationToken)
    {
        var changes = new List<ResourceChange>();
        string? token = null;
        DescribeChangeSetResponse page;
        do
        {
            page = await context.CloudFormation.DescribeChangeSetAsync(
                new DescribeChangeSetRequest { ChangeSetName = _name, StackName = context.StackName, NextToken = token, IncludePropertyValues = true }, cancellationToken).ConfigureAwait(false);
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
