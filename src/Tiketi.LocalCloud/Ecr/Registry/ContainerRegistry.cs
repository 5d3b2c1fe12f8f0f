using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>The OCI distribution protocol (and Docker's registry API v2, which it grew from) as ECR serves it: basic authentication with a token, repositories that must exist.</summary>
internal sealed class ContainerRegistry(
    RepositoryStore repositories, EcrTokens tokens, EcrAddress address, BlobEndpoints blobs, UploadEndpoints uploads, ManifestEndpoints manifests,
    ILogger<ContainerRegistry> logger) : IContainerRegistry
{
    public RegistryCredentials IssueCredentials() => tokens.Issue();

    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            Authenticate(context);
            var route = RegistryRoute.Parse(context.Request.Path.Value!) ?? throw new RegistryException(404, "NOT_FOUND", "no such path in the distribution protocol");
            context.NameOperation(NameOf(context.Request.Method, route.Resource));
            await RunAsync(context, route);
        }
        catch (EcrException error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, RegistryException.Of(error));
        }
        catch (RegistryException error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, error);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, new RegistryException(error.StatusCode, "BLOB_UPLOAD_INVALID", "the request's body ended early"));
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "Registry {Method} {Path} failed", context.Request.Method, context.Request.Path);
            await AnswerAsync(context, new RegistryException(500, "UNKNOWN", "The local cloud's registry failed; its log says why."));
        }
    }

    private Task RunAsync(HttpContext context, RegistryRoute route)
    {
        if (route.Resource == RegistryResource.Base)
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("{}", context.RequestAborted);
        }

        if (route.Resource == RegistryResource.Catalog)
        {
            return context.Response.WriteAsJsonAsync(new { repositories = repositories.All.Select(repository => repository.Name) }, context.RequestAborted);
        }

        var repository = repositories.Get(route.Repository);
        return route.Resource switch
        {
            RegistryResource.Tags => manifests.ListTagsAsync(context, repository),
            RegistryResource.Referrers => manifests.ListReferrersAsync(context, repository, route.Reference),
            RegistryResource.Manifest => manifests.HandleAsync(context, repository, route.Reference),
            RegistryResource.Blob => blobs.HandleAsync(context, repository, route.Reference),
            _ => uploads.HandleAsync(context, repository, route.Reference),
        };
    }

    private void Authenticate(HttpContext context)
    {
        switch (tokens.Check(context.Request.Headers.Authorization.ToString()))
        {
            case TokenState.Valid:
                return;
            case TokenState.Expired:
                throw new RegistryException(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
            default:
                context.Response.Headers.WWWAuthenticate = $"Basic realm=\"http://{address.Registry}/\",service=\"ecr.amazonaws.com\"";
                throw new RegistryException(
                    401, "UNAUTHORIZED", $"log in as user {EcrTokens.User} with a password from 'aws ecr get-login-password'; passwords end with the local cloud's process");
        }
    }

    private static string NameOf(string method, RegistryResource resource) => method switch
    {
        "GET" => "Get" + resource,
        "HEAD" => "Head" + resource,
        "PUT" => "Put" + resource,
        "POST" => "Post" + resource,
        "PATCH" => "Patch" + resource,
        "DELETE" => "Delete" + resource,
        _ => method + resource,
    };

    private static Task AnswerAsync(HttpContext context, RegistryException error)
    {
        context.Response.StatusCode = error.Status;
        context.Response.Headers.Remove("Content-Length");
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsJsonAsync(new { errors = new[] { new { code = error.Code, message = error.Message } } }, context.RequestAborted);
    }
}
