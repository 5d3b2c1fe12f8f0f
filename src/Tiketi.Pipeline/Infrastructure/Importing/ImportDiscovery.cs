using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.S3;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Infrastructure.Importing;

/// <summary>
/// Finds what was made by hand under the names that the templates would give it, which are the guide's: buckets, repositories,
/// secrets and the cluster. Everything else has to be named in a map.
/// </summary>
public sealed class ImportDiscovery(IAmazonS3 s3, IAmazonECR ecr, IAmazonSecretsManager secrets, IAmazonEKS eks)
{
    /// <summary>What exists; some of it may be in its stack already.</summary>
    public async Task<IReadOnlyList<ImportedResource>> FindAsync(InfrastructureRequest request, string region, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var buckets = (await s3.ListBucketsAsync(cancellationToken).ConfigureAwait(false)).Buckets?.Select(bucket => bucket.BucketName).ToHashSet(StringComparer.Ordinal) ?? [];
        var found = new List<ImportedResource>();
        foreach (var template in request.Stacks)
        {
            foreach (var resource in RenderedTemplate.Of(request, template, region).Resources)
            {
                var name = resource.Type switch
                {
                    "AWS::S3::Bucket" => resource.Text("BucketName") is { } bucket && buckets.Contains(bucket) ? bucket : null,
                    "AWS::ECR::Repository" => await RepositoryAsync(resource.Text("RepositoryName"), cancellationToken).ConfigureAwait(false),
                    "AWS::SecretsManager::Secret" => await SecretAsync(resource.Text("Name"), cancellationToken).ConfigureAwait(false),
                    "AWS::EKS::Cluster" => await ClusterAsync(resource.Text("Name"), cancellationToken).ConfigureAwait(false),
                    _ => null,
                };
                if (name is not null)
                {
                    found.Add(new ImportedResource(template.Name, resource.LogicalId, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = name }));
                }
            }
        }

        return found;
    }

    private async Task<string?> RepositoryAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            return name is null ? null : (await ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = [name] }, cancellationToken).ConfigureAwait(false)).Repositories[0].RepositoryName;
        }
        catch (RepositoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A secret is imported by its ARN.</summary>
    private async Task<string?> SecretAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            var secret = name is null ? null : await secrets.DescribeSecretAsync(new DescribeSecretRequest { SecretId = name }, cancellationToken).ConfigureAwait(false);
            return secret?.DeletedDate is null ? secret?.ARN : null;
        }
        catch (Amazon.SecretsManager.Model.ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task<string?> ClusterAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            return name is null ? null : (await eks.DescribeClusterAsync(new DescribeClusterRequest { Name = name }, cancellationToken).ConfigureAwait(false)).Cluster.Name;
        }
        catch (Amazon.EKS.Model.ResourceNotFoundException)
        {
            return null;
        }
    }
}
