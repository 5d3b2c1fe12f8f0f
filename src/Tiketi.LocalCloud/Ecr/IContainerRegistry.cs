using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Ecr;

/// <summary>The OCI distribution protocol under <c>/v2/</c>.</summary>
public interface IContainerRegistry
{
    Task HandleAsync(HttpContext context);
}
