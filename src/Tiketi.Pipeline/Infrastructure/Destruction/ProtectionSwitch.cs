using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>Switches a deployed stack's protections off: the stack's own, and its resources', by an update that changes nothing else.</summary>
internal static class ProtectionSwitch
{
    /// <summary>The property by which AWS refuses to delete a resource.</summary>
    public const string Property = "DeletionProtection";

    /// <exception cref="PipelineException">The update fails.</exception>
    public static async Task DisableAsync(StackContext context, Stack stack, IReadOnlyCollection<string> resources, CancellationToken cancellationToken)
    {
        if (resources.Count > 0)
        {
            await UpdateAsync(context, stack, resources, cancellationToken).ConfigureAwait(false);
        }

        if (stack.EnableTerminationProtection == true)
        {
            await context.CloudFormation.UpdateTerminationProtectionAsync(
                new UpdateTerminationProtectionRequest { StackName = stack.StackId, EnableTerminationProtection = false }, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task UpdateAsync(StackContext context, Stack stack, IReadOnlyCollection<string> resources, CancellationToken cancellationToken)
    {
        var deployed = await context.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var template = TemplateJson.Read(context.Template.File, deployed.TemplateBody);
        foreach (var resource in resources)
        {
            template["Resources"]![resource]!["Properties"]![Property] = JsonValue.Create(false);
        }

        var unprotected = context with { Template = context.Template with { Body = template.ToJsonString() } };
        var parameters = (stack.Parameters ?? []).ToDictionary(parameter => parameter.ParameterKey, _ => new ParameterValue(null, KeepsPrevious: true), StringComparer.Ordinal);
        var changeSet = new ChangeSet(unprotected, parameters);
        if (await changeSet.CreateAsync(ChangeSetType.UPDATE, cancellationToken).ConfigureAwait(false) is null)
        {
            await changeSet.DiscardAsync(withNewStack: false).ConfigureAwait(false);
            return;
        }

        var follower = context.Follower(stack.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await changeSet.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        var updated = await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false);
        if (updated?.StackStatus != StackStatus.UPDATE_COMPLETE)
        {
            throw await StackFailure.ExplainAsync(context, updated?.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
        }
    }
}
