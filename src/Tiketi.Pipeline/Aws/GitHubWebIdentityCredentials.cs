using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Tiketi.Pipeline.Aws;

/// <summary>What a GitHub Actions job with "id-token: write" gets to ask GitHub for its identity with.</summary>
/// <param name="RequestUrl">ACTIONS_ID_TOKEN_REQUEST_URL.</param>
/// <param name="RequestToken">ACTIONS_ID_TOKEN_REQUEST_TOKEN, a secret.</param>
/// <param name="RoleArn">The role to assume; its trust policy names the job's repository and GitHub environment.</param>
/// <param name="SessionName">Who it was, in CloudTrail: 2 to 64 letters, digits or any of +=,.@-_.</param>
public sealed record GitHubWebIdentity(Uri RequestUrl, string RequestToken, string RoleArn, string SessionName)
{
    /// <summary>Says everything but the secret.</summary>
    public override string ToString() => $"{RoleArn} as {SessionName}";
}

/// <summary>
/// A role's credentials for the identity that GitHub attests to a job. A new identity is asked for at every renewal: a token
/// holds for minutes and a session for an hour, while a first deployment may take longer. Nothing is written to disk, and no
/// further action has to be trusted with the job's identity.
/// </summary>
/// <param name="identity">The job's identity and the role.</param>
/// <param name="http">For GitHub.</param>
/// <param name="sts">A client without credentials: the identity token is what vouches for the call.</param>
public sealed class GitHubWebIdentityCredentials(GitHubWebIdentity identity, HttpClient http, IAmazonSecurityTokenService sts) : RefreshingAWSCredentials
{
    // What AWS expects to find in the token, so that it is of no use elsewhere.
    private const string Audience = "sts.amazonaws.com";

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    /// <exception cref="PipelineException">GitHub gives no identity, or AWS does not let it have the role.</exception>
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        try
        {
            var answer = await sts.AssumeRoleWithWebIdentityAsync(new AssumeRoleWithWebIdentityRequest
            {
                RoleArn = identity.RoleArn,
                RoleSessionName = identity.SessionName,
                WebIdentityToken = await GetTokenAsync().ConfigureAwait(false),
            }).ConfigureAwait(false);
            return new CredentialsRefreshState(
                answer.Credentials.GetCredentials(),
                answer.Credentials.Expiration ?? throw new PipelineException($"AWS gave credentials of {identity.RoleArn} without an expiration.", "Run the job again."));
        }
        catch (AmazonSecurityTokenServiceException error)
        {
            throw new PipelineException(
                $"AWS does not let this job have the role {identity.RoleArn}: {error.Message}",
                "The role's trust policy must name GitHub's provider, the audience sts.amazonaws.com, and this repository and GitHub environment in 'sub'; see docs/github-actions.md.",
                error);
        }
    }

    private async Task<string> GetTokenAsync()
    {
        var separator = identity.RequestUrl.Query.Length > 0 ? '&' : '?';
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{identity.RequestUrl}{separator}audience={Audience}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", identity.RequestToken);
        try
        {
            using var response = await http.SendAsync(request).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            var body = await response.Content.ReadFromJsonAsync<JsonElement>().ConfigureAwait(false);
            return body.TryGetProperty("value", out var value) && value.GetString() is { Length: > 0 } token
                ? token
                : throw new PipelineException("GitHub answered the request for this job's identity without one.", "Run the job again.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            throw new PipelineException($"GitHub does not attest this job's identity: {error.Message}", "The job needs 'permissions: id-token: write'; otherwise run it again.", error);
        }
    }
}
