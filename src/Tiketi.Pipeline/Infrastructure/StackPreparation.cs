using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Works out what is to be done to one stack, through a change set wherever CloudFormation can compute one.</summary>
internal sealed class StackPreparation(StackContext context, StackNeeds needs)
{
    private readonly StackTemplate _template = context.Template;
    private PlanBasis _basis = PlanBasis.None;
    private DeployedStack? _deployed;

    /// <summary>Prepares a change of a stack that is at rest.</summary>
    /// <param name="stack">As it is now; null: there is none.</param>
    /// <param name="cancellationToken">Ends the work; a change set made by then is removed.</param>
    /// <exception cref="PipelineException">A template is refused, or the stack is in a status that accepts no change.</exception>
    public async Task<PreparedStack> PrepareAsync(Stack? stack, CancellationToken cancellationToken)
    {
        if (stack is not null && StackRecovery.IsFailedCreation(stack))
        {
            await ValidateAsync(cancellationToken).ConfigureAwait(false);
            _basis = Basis(stack, context.Request.ParametersOf(_template, needs.Outputs, []));
            return FromTemplate(StackAction.Recreate, stack);
        }

        var exists = stack is not null && stack.StackStatus != StackStatus.REVIEW_IN_PROGRESS;
        if (exists)
        {
            StackRecovery.RequireChangeable(stack!);
            _deployed = new DeployedStack((stack!.Parameters ?? []).ToDictionary(parameter => parameter.ParameterKey, parameter => parameter.ParameterValue, StringComparer.Ordinal), Body: null);
        }

        var parameters = context.Request.ParametersOf(_template, needs.Outputs, [.. exists ? (stack!.Parameters ?? []).Select(parameter => parameter.ParameterKey) : []]);
        _basis = Basis(exists ? stack : null, parameters);
        if (exists && await IsAsWantedAsync(stack!, parameters, cancellationToken).ConfigureAwait(false))
        {
            return new PreparedStack(Plan(StackAction.None, []), stack, ChangeSet: null);
        }

        var missing = MissingValue(parameters);
        if (missing is not null || (!exists && !needs.Exist))
        {
            await ValidateAsync(cancellationToken).ConfigureAwait(false);
            return FromTemplate(exists ? StackAction.Update : StackAction.Create, stack);
        }

        return await ComputeAsync(stack, exists, parameters, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PreparedStack> ComputeAsync(
        Stack? stack, bool exists, IReadOnlyDictionary<string, ParameterValue> parameters, CancellationToken cancellationToken)
    {
        var changeSet = new ChangeSet(context, parameters);
        var prepared = new PreparedStack(Plan(StackAction.None, []), stack, changeSet);
        try
        {
            var changes = await changeSet.CreateAsync(exists ? ChangeSetType.UPDATE : ChangeSetType.CREATE, cancellationToken).ConfigureAwait(false);
            if (changes is null)
            {
                await prepared.DiscardAsync().ConfigureAwait(false);
                return prepared with { ChangeSet = null };
            }

            return prepared with { Plan = Plan(exists ? StackAction.Update : StackAction.Create, [.. changes.Select(PlannedChange.Of)]) };
        }
        catch (PipelineException) when (needs.Change)
        {
            // It may want what another stack is only about to export; computed anew, and refused if need be, once that is there.
            await prepared.DiscardAsync().ConfigureAwait(false);
            return FromTemplate(exists ? StackAction.Update : StackAction.Create, stack);
        }
        catch
        {
            await prepared.DiscardAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The parameter that nothing but another stack's output can give, where that output is not there yet.</summary>
    /// <exception cref="PipelineException">That stack is deployed as its template says and has no such output all the same.</exception>
    private string? MissingValue(IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var (name, value) = parameters.FirstOrDefault(entry =>
            entry.Value is { WaitsFor: not null, KeepsPrevious: false } && _template.Parameters[entry.Key].Default is null);
        return name is null || needs.Change || !needs.Exist ? name : throw new PipelineException(
            $"{_template.File}: parameter {name} is to come from output {value.WaitsFor!.Output} of stack {value.WaitsFor.Stack}, which gives none in environment {context.Request.Environment}.",
            $"Set {name} in environments/{context.Request.Environment}.yaml, or give it a default.");
    }

    /// <summary>Whether the deployed stack has this template, these parameters and these tags; reads only.</summary>
    private async Task<bool> IsAsWantedAsync(Stack stack, IReadOnlyDictionary<string, ParameterValue> wanted, CancellationToken cancellationToken)
    {
        if (stack.StackStatus != StackStatus.CREATE_COMPLETE && stack.StackStatus != StackStatus.UPDATE_COMPLETE && stack.StackStatus != StackStatus.IMPORT_COMPLETE)
        {
            return false;
        }

        var deployed = _deployed!.Parameters;
        var tags = (stack.Tags ?? []).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);
        if (deployed.Count != wanted.Count || tags.Count != context.Request.AllTags.Count
            || wanted.Any(entry => !entry.Value.KeepsPrevious && (!_template.Parameters[entry.Key].IsComparable
                || deployed.GetValueOrDefault(entry.Key) != (entry.Value.Value ?? _template.Parameters[entry.Key].Default)))
            || context.Request.AllTags.Any(tag => tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            return false;
        }

        var body = await context.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        _deployed = _deployed with { Body = body.TemplateBody };
        return StackTemplate.Normalize(body.TemplateBody) == StackTemplate.Normalize(_template.Body);
    }

    private async Task ValidateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await context.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = _template.Body }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonCloudFormationException invalid) when (invalid.ErrorCode == "ValidationError")
        {
            throw new PipelineException($"{_template.File}: {invalid.Message}", $"Correct {_template.File}.", invalid);
        }
    }

    private PreparedStack FromTemplate(StackAction action, Stack? stack) => new(
        Plan(action, action == StackAction.Update ? [] : [.. _template.Resources.Select(resource => new PlannedChange("Add", resource.LogicalId, resource.Type, null, []))]) with { FromTemplate = true },
        stack,
        ChangeSet: null);

    private StackPlan Plan(StackAction action, IReadOnlyList<PlannedChange> changes) =>
        new(_template.Name, context.StackName, action, changes, FromTemplate: false) { Basis = _basis, Deployed = _deployed };

    private PlanBasis Basis(Stack? stack, IReadOnlyDictionary<string, ParameterValue> parameters) => new(
        _template.Digest,
        parameters.ToDictionary(entry => entry.Key, entry => entry.Value.Show(_template.Parameters[entry.Key]), StringComparer.Ordinal),
        stack?.StackId,
        stack?.StackStatus.Value,
        (stack?.LastUpdatedTime ?? stack?.CreationTime) is { } at ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero) : null);
}
