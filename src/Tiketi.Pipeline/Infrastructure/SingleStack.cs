using Amazon.CloudFormation;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// Updates one stack alone with values that are known only once the services run. Its template lists those parameters under
/// Metadata.Tiketi.Keep, so a later ApplyInfra leaves them as they are.
/// </summary>
internal static class SingleStack
{
    public static StackTemplate? Find(InfrastructureRequest request, string name)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Stacks.FirstOrDefault(stack => stack.Name == name);
    }

    /// <summary>Applies the stack; makes no write call where it has the values.</summary>
    /// <exception cref="PipelineException">The stack cannot be applied.</exception>
    public static async Task<StackResult> ApplyAsync(
        InfrastructureRequest request, StackTemplate stack, IReadOnlyDictionary<string, string> values,
        Func<string?, IAmazonCloudFormation> cloudFormationIn, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var parameters = request.Parameters.Where(parameter => stack.Parameters.ContainsKey(parameter.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            parameters[name] = value;
        }

        var alone = request with { Graph = StackGraph.Build([stack]), Parameters = parameters, ApprovedPlan = null };
        var result = await new StackDeployer(cloudFormationIn, loggers.CreateLogger<StackDeployer>(), time).ApplyAsync(alone, cancellationToken).ConfigureAwait(false);
        return result.Stacks[0];
    }
}
