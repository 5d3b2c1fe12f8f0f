using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr;

/// <summary>How repositories are named from outside.</summary>
internal sealed class EcrAddress(LocalCloudSettings settings)
{
    /// <summary>Host and port. An address, not a name: Docker takes every registry on 127.0.0.0/8 over plain HTTP.</summary>
    public string Registry { get; } = $"127.0.0.1:{settings.AwsPort}";

    public string UriOf(string repository) => $"{Registry}/{repository}";

    public string ArnOf(string repository) => $"arn:aws:ecr:{settings.Region}:{LocalCloudSettings.AccountId}:repository/{repository}";
}
