using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.Runtime;

namespace Tiketi.Pipeline.Cdn;

/// <summary>Finds a distribution by what people call it.</summary>
public sealed class DistributionFinder(IAmazonCloudFront cloudFront)
{
    /// <summary>The id of the distribution that serves a domain.</summary>
    /// <param name="nameOrId">An id, an alias (<c>www.tiketi.kr</c>), or CloudFront's own name for it (<c>d111.cloudfront.net</c>).</param>
    /// <exception cref="PipelineException">No distribution serves the domain, or CloudFront refuses.</exception>
    public async Task<string> FindAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        if (!nameOrId.Contains('.', StringComparison.Ordinal))
        {
            return nameOrId; // ids have no dot, and domains have one
        }

        var known = new List<string>();
        string? marker = null;
        do
        {
            var page = await ListAsync(marker, cancellationToken);
            foreach (var distribution in page.Items ?? [])
            {
                var names = (distribution.Aliases?.Items ?? []).Append(distribution.DomainName).ToList();
                if (names.Contains(nameOrId, StringComparer.OrdinalIgnoreCase))
                {
                    return distribution.Id;
                }

                known.AddRange(names);
            }

            marker = page.IsTruncated == true ? page.NextMarker : null;
        }
        while (marker is not null);
        throw new PipelineException(
            $"No distribution of this account serves {nameOrId}.",
            known.Count == 0 ? "Run ./build.sh ApplyInfra, which creates one." : $"Name one of these, or its id: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    private async Task<DistributionList> ListAsync(string? marker, CancellationToken cancellationToken)
    {
        try
        {
            return (await cloudFront.ListDistributionsAsync(new ListDistributionsRequest { Marker = marker }, cancellationToken)).DistributionList;
        }
        catch (Exception exception) when (exception is AmazonCloudFrontException or AmazonClientException or HttpRequestException)
        {
            throw new PipelineException($"CloudFront did not list its distributions: {exception.Message}", "Allow this identity cloudfront:ListDistributions, or name the distribution's id.", exception);
        }
    }
}
