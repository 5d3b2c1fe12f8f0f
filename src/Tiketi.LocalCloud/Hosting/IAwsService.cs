using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>One emulated AWS API behind the shared AWS port.</summary>
public interface IAwsService
{
    /// <summary>The service name in a SigV4 credential scope: "s3", "ecr", "cloudformation", "eks" ...</summary>
    string SigningName { get; }

    Task HandleAsync(HttpContext context);
}
