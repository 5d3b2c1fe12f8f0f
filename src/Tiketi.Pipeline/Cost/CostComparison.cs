using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Cost;

/// <summary>What an environment costs as it is deployed, from the templates and parameters that CloudFormation has of it.</summary>
/// <param name="estimator">Knows the prices.</param>
/// <param name="cloudFormation">CloudFormation of a region; null stands for the environment's own.</param>
public sealed class CostComparison(CostEstimator estimator, Func<string?, IAmazonCloudFormation> cloudFormation)
{
    /// <summary>The deployed stacks' estimate beside that of the templates. Reads only the templates that planning has not read.</summary>
    /// <param name="request">The environment as it is wanted.</param>
    /// <param name="plan">Its plan, which knows what is deployed.</param>
    /// <param name="region">The region of the prices.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async Task<(CostEstimate Before, CostEstimate After)> CompareAsync(
        InfrastructureRequest request, InfrastructurePlan plan, string region, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(plan);
        var deployed = await Task.WhenAll(plan.Stacks.Where(stack => stack.Deployed is not null).Select(async stack => (stack.Name,
            RenderedTemplate.Of(
                request with { Parameters = stack.Deployed!.Parameters },
                StackTemplate.Parse(stack.Name, $"{stack.StackName} as deployed", stack.Deployed.Body ?? await ReadAsync(request, stack, cancellationToken).ConfigureAwait(false)),
                region)))).ConfigureAwait(false);
        return (estimator.Estimate(request.Environment, region, deployed), estimator.Estimate(request, region));
    }

    private async Task<string> ReadAsync(InfrastructureRequest request, StackPlan stack, CancellationToken cancellationToken)
    {
        var client = cloudFormation(request.Stacks.First(template => template.Name == stack.Name).Metadata.Region);
        return (await client.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackName }, cancellationToken).ConfigureAwait(false)).TemplateBody;
    }
}
