using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>How a blob comes in: POST opens an upload (or mounts a blob of another repository, or brings it whole), PATCH appends, PUT closes.</summary>
internal sealed class UploadEndpoints(BlobStore blobs, UploadSessions sessions, RepositoryStore repositories)
{
    public Task HandleAsync(HttpContext context, Repository repository, string id) => (context.Request.Method, id) switch
    {
        ("POST", "") => BeginAsync(context, repository.Name),
        ("PATCH", not "") => InTurnAsync(context, repository.Name, id, AppendAsync),
        ("PUT", not "") => InTurnAsync(context, repository.Name, id, FinishAsync),
        ("GET" or "HEAD", not "") => InTurnAsync(context, repository.Name, id, (_, session) => Answer(context, session, StatusCodes.Status204NoContent)),
        ("DELETE", not "") => InTurnAsync(context, repository.Name, id, (_, session) =>
        {
            sessions.End(session);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }),
        _ => throw RegistryException.Unsupported(),
    };

    private async Task BeginAsync(HttpContext context, string repository)
    {
        var query = context.Request.Query;
        var (mount, from, digest) = (query["mount"].ToString(), query["from"].ToString(), query["digest"].ToString());
        if (BlobStore.IsDigest(mount) && repositories.Find(from) is not null && blobs.Find(from, mount) is not null)
        {
            blobs.Link(repository, mount);
            Created(context, repository, mount);
            return;
        }

        var session = sessions.Begin(repository);
        if (digest.Length > 0)
        {
            await FinishAsync(context, session);
        }
        else
        {
            await Answer(context, session, StatusCodes.Status202Accepted);
        }
    }

    private static async Task AppendAsync(HttpContext context, UploadSession session)
    {
        RequireOrder(context, session);
        await session.AppendAsync(context.Request.Body, context.RequestAborted);
        await Answer(context, session, StatusCodes.Status202Accepted);
    }

    private async Task FinishAsync(HttpContext context, UploadSession session)
    {
        var digest = context.Request.Query["digest"].ToString();
        RequireOrder(context, session);
        await session.AppendAsync(context.Request.Body, context.RequestAborted);
        if (session.Digest != digest)
        {
            sessions.End(session);
            throw RegistryException.DigestInvalid(digest);
        }

        blobs.Adopt(session.Repository, digest, session.File);
        sessions.End(session);
        Created(context, session.Repository, digest);
    }

    /// <summary>A chunk that names its place must begin where the upload ends.</summary>
    private static void RequireOrder(HttpContext context, UploadSession session)
    {
        var range = context.Request.Headers.ContentRange.ToString();
        if (range.Length == 0)
        {
            return;
        }

        var start = range.Replace("bytes ", "", StringComparison.OrdinalIgnoreCase).Split('-')[0];
        if (!long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var first) || first != session.Size)
        {
            Describe(context, session);
            throw new RegistryException(416, "BLOB_UPLOAD_INVALID", $"the chunk begins at {start}, the upload has {session.Size} bytes");
        }
    }

    private async Task InTurnAsync(HttpContext context, string repository, string id, Func<HttpContext, UploadSession, Task> act)
    {
        var session = await sessions.ResumeAsync(repository, id, context.RequestAborted);
        await session.Turn.WaitAsync(context.RequestAborted);
        try
        {
            await act(context, session);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private static Task Answer(HttpContext context, UploadSession session, int status)
    {
        Describe(context, session);
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Locations are relative, so they hold whatever name the client reached this registry by.</summary>
    private static void Describe(HttpContext context, UploadSession session)
    {
        context.Response.Headers.Location = $"/v2/{session.Repository}/blobs/uploads/{session.Id}";
        context.Response.Headers.Range = $"0-{Math.Max(0, session.Size - 1)}";
        context.Response.Headers["Docker-Upload-UUID"] = session.Id;
    }

    private static void Created(HttpContext context, string repository, string digest)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest;
    }
}
