using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>What protects a stack beside its template: the stack policy, and termination protection where it holds data.</summary>
internal sealed class StackGuards(StackContext context)
{
    /// <summary>
    /// Sets what is not as wanted; reads only where all is. Nothing is taken away: a protection that somebody has switched on
    /// stays, whatever the environment says.
    /// </summary>
    public async Task EnsureAsync(Stack stack, CancellationToken cancellationToken)
    {
        if (context.Template.Policy is { } wanted)
        {
            var present = await context.CloudFormation.GetStackPolicyAsync(new GetStackPolicyRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
            if (!StackPolicies.AreEqual(present.StackPolicyBody, wanted))
            {
                await SetPolicyAsync(stack.StackId, wanted, cancellationToken).ConfigureAwait(false);
            }
        }

        if (context.Request.ProtectsData && stack.EnableTerminationProtection != true && context.Template.Resources.Any(DataResources.Holds))
        {
            await context.CloudFormation.UpdateTerminationProtectionAsync(
                new UpdateTerminationProtectionRequest { StackName = stack.StackId, EnableTerminationProtection = true }, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task SetPolicyAsync(string stackId, string policy, CancellationToken cancellationToken) =>
        context.CloudFormation.SetStackPolicyAsync(new SetStackPolicyRequest { StackName = stackId, StackPolicyBody = policy }, cancellationToken);
}
