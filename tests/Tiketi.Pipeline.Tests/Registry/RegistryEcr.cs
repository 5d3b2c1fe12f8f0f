using System.Text;
using Amazon.ECR;
using Amazon.ECR.Model;
using NSubstitute;

namespace Tiketi.Pipeline.Tests.Registry;

/// <summary>ECR's API over a registry that has none: what it says of images is read from the registry itself.</summary>
internal static class RegistryEcr
{
    /// <param name="registry">Where the images are.</param>
    /// <param name="exists">Whether a repository exists; ECR has them before their first image.</param>
    /// <param name="password">The password of the token that is handed out, asked for each time.</param>
    /// <param name="expires">When that token ends.</param>
    public static IAmazonECR For(TestRegistry registry, Func<string, bool>? exists = null, Func<string>? password = null, Func<DateTime?>? expires = null)
    {
        var ecr = Substitute.For<IAmazonECR>();
        ecr.GetAuthorizationTokenAsync(Arg.Any<GetAuthorizationTokenRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new GetAuthorizationTokenResponse
        {
            AuthorizationData =
            [
                new AuthorizationData
                {
                    AuthorizationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TestRegistry.User}:{password?.Invoke() ?? TestRegistry.Password}")),
                    ExpiresAt = expires is null ? DateTime.UtcNow.AddHours(12) : expires(),
                    ProxyEndpoint = $"http://{registry.Host}",
                },
            ],
        });
        ecr.DescribeImagesAsync(Arg.Any<DescribeImagesRequest>(), Arg.Any<CancellationToken>()).Returns(call => DescribeAsync(registry, exists, call.Arg<DescribeImagesRequest>()));
        return ecr;
    }

    private static async Task<DescribeImagesResponse> DescribeAsync(TestRegistry registry, Func<string, bool>? exists, DescribeImagesRequest request)
    {
        if (exists?.Invoke(request.RepositoryName) == false)
        {
            throw new RepositoryNotFoundException($"The repository with name '{request.RepositoryName}' does not exist");
        }

        var tags = await registry.TagsAsync(request.RepositoryName) ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var wanted = request.ImageIds.Single();
        var digest = wanted.ImageDigest ?? tags.GetValueOrDefault(wanted.ImageTag);
        var names = tags.Where(pair => pair.Value == digest).Select(pair => pair.Key).ToList();
        return digest is null || names.Count == 0
            ? throw new ImageNotFoundException("The image does not exist")
            : new DescribeImagesResponse { ImageDetails = [new ImageDetail { ImageDigest = digest, ImageTags = names }] };
    }
}
