using System.Text.RegularExpressions;
using Amazon.ECR;
using Docker.DotNet.Models;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Images;

/// <summary>Logs in to ECR registries that base images come from (a pull-through cache is one); other registries are asked without a login.</summary>
/// <param name="ecrIn">ECR's API in a region, "eu-west-1"; null: the environment's own. A token is good for the registries of its region.</param>
/// <param name="time">The clock.</param>
/// <param name="emulated">The host of a registry that is ECR without being called so: the local cloud's; null where there is none.</param>
public sealed partial class EcrMirrorLogin(Func<string?, IAmazonECR> ecrIn, TimeProvider time, string? emulated = null)
{
    /// <param name="registry">Its host.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Null where no login is needed.</returns>
    /// <exception cref="PipelineException">ECR gives no token.</exception>
    public async Task<AuthConfig?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        var host = Ecr().Match(registry);
        if (!host.Success && registry != emulated)
        {
            return null;
        }

        var login = new RegistryLogin(ecrIn(host.Success ? host.Groups["region"].Value : null), time);
        var credentials = await login.GetAsync(cancellationToken);
        return new AuthConfig { Username = credentials.User, Password = credentials.Password, ServerAddress = registry };
    }

    [GeneratedRegex(@"\A\d{12}\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ecr();
}
