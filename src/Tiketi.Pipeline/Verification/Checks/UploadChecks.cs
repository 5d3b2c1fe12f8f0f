using System.Net;
using System.Net.Http.Headers;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>Uploads, the whole way: a visitor's picture through the service to S3, and back.</summary>
internal static class UploadChecks
{
    private const string Path = "/api/auth/me/picture";

    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(10);

    /// <summary>A PNG of one pixel. Always the same: the service stores a picture under its own hash, so that the bucket keeps one, however often this runs.</summary>
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static IEnumerable<ICheck> For(SmokeTestTarget target, HttpClient http)
    {
        yield return new Check("uploads", "a visitor can upload a picture, which S3 keeps", token => RunAsync(target, http, token));
    }

    private static async Task<CheckOutcome> RunAsync(SmokeTestTarget target, HttpClient http, CancellationToken cancellationToken)
    {
        var visitor = await Visitor.RegisterAsync(http, target.ApiUrl, cancellationToken);
        CheckOutcome outcome;
        string? left = null;
        try
        {
            outcome = await UploadAsync(visitor, target.Namespace, cancellationToken);
        }
        finally
        {
            left = await CloseAsync(visitor);
        }

        return left is null || outcome.Status != CheckStatus.Passed ? outcome
            : CheckOutcome.Failed($"the picture came back, but the account of {visitor.Email} stays: {left}", "Let auth-service answer DELETE /api/auth/me with 204, and delete the accounts by hand whose address ends in @smoke-test.invalid.");
    }

    private static async Task<CheckOutcome> UploadAsync(Visitor visitor, string space, CancellationToken cancellationToken)
    {
        using var picture = new ByteArrayContent(Picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var put = await visitor.SendAsync(HttpMethod.Put, Path, picture, cancellationToken);
        if (!put.IsSuccessStatusCode)
        {
            return await RefusedAsync("PUT", put, space, cancellationToken);
        }

        using var get = await visitor.SendAsync(HttpMethod.Get, Path, content: null, cancellationToken);
        if (!get.IsSuccessStatusCode)
        {
            return await RefusedAsync("GET", get, space, cancellationToken);
        }

        var back = await get.Content.ReadAsByteArrayAsync(cancellationToken);
        return back.AsSpan().SequenceEqual(Picture) ? CheckOutcome.Passed($"a picture of {Picture.Length} bytes went through {Path} to S3 and came back")
            : CheckOutcome.Failed($"GET {Path} answers {back.Length} bytes, and not those of the picture that was uploaded", "Look whether a proxy or the CDN answers in the service's place: it must not keep what /api/auth answers.");
    }

    private static async Task<CheckOutcome> RefusedAsync(string method, HttpResponseMessage response, string space, CancellationToken cancellationToken)
    {
        var evidence = $"{method} {Path}: {(int)response.StatusCode} {Visitor.Short(await response.Content.ReadAsStringAsync(cancellationToken))}";
        return CheckOutcome.Failed(evidence, response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
            ? "An application without uploads: put uploads under smokeTest.skip in environments/NAME.yaml. Else look at the ingress rule of /api/auth."
            : $"See what S3 said: kubectl -n {space} logs deployment/auth-service. Its pods run as service account tiketi-uploads, whose role may put and get in the uploads bucket (infra/storage.yaml): ./build.sh DriftInfra shows what was changed; pods that are older than the identity need a restart (kubectl -n {space} rollout restart deployment/auth-service).");
    }

    /// <returns>Why the account stays; null when it is gone.</returns>
    private static async Task<string?> CloseAsync(Visitor visitor)
    {
        using var limit = new CancellationTokenSource(CloseWithin); // of its own: the account goes when the check's time is over, too
        try
        {
            using var closed = await visitor.SendAsync(HttpMethod.Delete, "/api/auth/me", content: null, limit.Token);
            return closed.IsSuccessStatusCode ? null : $"DELETE /api/auth/me: {(int)closed.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return $"DELETE /api/auth/me: {exception.Message}";
        }
    }
}
