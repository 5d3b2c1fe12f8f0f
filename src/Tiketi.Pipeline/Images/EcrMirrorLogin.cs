using System.Text.RegularExpressions;
using Amazon.ECR;
using Docker.DotNet.Models;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Images;

/// <summary>Logs in to ECR registries that base images come from (a pull-through cache is one); other registries are asked without a login.</summary>
public sealed partial class EcrMirrorLogin(IAmazonECR ecr, TimeProvider time)
{
    /// <param name="registry">Its host.</param>
    /// <exception cref="PipelineException">ECR gives no token.</exception>
    public async Task<AuthConfig?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        if (!Ecr().IsMatch(registry))
        {
            return null;
        }

        using var login = new RegistryLogin(ecr, time);
        var credentials = await login.GetAsync(cancellationToken);
        return new AuthConfig { Username = credentials.User, Password = credentials.Password, ServerAddress = registry };
    }

    [GeneratedRegex(@"\A\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ecr();
}
