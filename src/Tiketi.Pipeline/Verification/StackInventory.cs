using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Verification;

/// <summary>What the stacks have made, by resource type. Read once for all checks of a run, and again after a failure. Thread-safe.</summary>
/// <param name="stacks">Stack names, each with CloudFormation of its region.</param>
internal sealed class StackInventory(IReadOnlyDictionary<string, IAmazonCloudFormation> stacks) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1);
    private ILookup<string, string>? _ids;

    /// <summary>The physical ids of a type's resources: identifiers, ARNs or names, as the type has it.</summary>
    /// <param name="type">"AWS::RDS::DBInstance".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<string>> IdsAsync(string type, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            _ids ??= (await Task.WhenAll(stacks.Select(stack => ReadAsync(stack.Value, stack.Key, cancellationToken)))).SelectMany(resources => resources)
                .Where(resource => resource.PhysicalResourceId is not null && resource.ResourceStatus != ResourceStatus.DELETE_COMPLETE)
                .ToLookup(resource => resource.ResourceType, resource => resource.PhysicalResourceId, StringComparer.Ordinal);
            return [.. _ids[type]];
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private static async Task<IEnumerable<StackResource>> ReadAsync(IAmazonCloudFormation cloudFormation, string stack, CancellationToken cancellationToken)
    {
        try
        {
            return (await cloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = stack }, cancellationToken)).StackResources ?? [];
        }
        catch (AmazonCloudFormationException absent) when (StackQueries.IsAbsent(absent))
        {
            return []; // the check of the stacks says so
        }
    }
}
