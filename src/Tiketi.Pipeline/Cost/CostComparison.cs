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
    /// <summary>The deployed stacks' estimate beside that of the templates. Only reads.</summary>
    /// <param name="request">The environment as it is wanted.</param>
    /// <param name="region">The region of the prices.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    public async Task<(CostEstimate Before, CostEstimate After)> CompareAsync(InfrastructureRequest request, string region, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var deployed = await Task.WhenAll(request.Stacks.Select(template => DeployedAsync(request, template, region, cancellationToken))).ConfigureAwait(false);
        return (estimator.Estimate(request.Environment, region, deployed.OfType<(string, RenderedTemplate)>()), estimator.Estimate(request, region));
    }

    private async Task<(string Name, RenderedTemplate Template)?> DeployedAsync(InfrastructureRequest request, StackTemplate wanted, string region, CancellationToken cancellationToken)
    {
        var client = cloudFormation(wanted.Metadata.Region);
        var name = StackNames.Of(request.Environment, wanted.Name);
        if (await StackQueries.FindAsync(client, name, cancellationToken).ConfigureAwait(false) is not { } stack || stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
        {
            return null;
        }

        var body = await client.GetTemplateAsync(new GetTemplateRequest { StackName = name }, cancellationToken).ConfigureAwait(false);
        var parameters = (stack.Parameters ?? []).ToDictionary(parameter => parameter.ParameterKey, parameter => parameter.ParameterValue, StringComparer.Ordinal);
        return (wanted.Name, RenderedTemplate.Of(request with { Parameters = parameters }, StackTemplate.Parse(wanted.Name, $"{name} as deployed", body.TemplateBody), region));
    }
}
