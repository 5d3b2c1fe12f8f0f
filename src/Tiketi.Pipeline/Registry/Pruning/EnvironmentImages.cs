using Amazon.Runtime;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Registry.Pruning;

/// <summary>Asks an environment which images it needs, whichever environment the run itself is for.</summary>
public static class EnvironmentImages
{
    /// <param name="aws">Clients in the environment's region.</param>
    /// <param name="settings">The environment.</param>
    /// <param name="keptReleases">How many of its releases count.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Its uses; none when this account has no cluster of it; the reason where it could not be asked.</returns>
    public static async Task<EnvironmentUse> ReadAsync(AwsClients aws, EnvironmentSettings settings, int keptReleases, TimeProvider time, CancellationToken cancellationToken = default)
    {
        try
        {
            var stack = await StackQueries.FindAsync(aws.CloudFormation, StackNames.Of(settings.Name, "cluster"), cancellationToken);
            if (stack is null || !StackOutputs.Of(stack).Values.TryGetValue("ClusterName", out var name))
            {
                return new EnvironmentUse(settings.Name, []);
            }

            using var cluster = await EksCluster.ConnectAsync(aws.Eks, name, aws.Settings, time, cancellationToken);
            return new EnvironmentUse(settings.Name, await new ClusterImages(cluster, settings.Namespace).ReadAsync(keptReleases, cancellationToken));
        }
        catch (PipelineException exception)
        {
            return new EnvironmentUse(settings.Name, [], exception.Message);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            return new EnvironmentUse(settings.Name, [], exception.Message);
        }
    }
}
