using System.Net;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Tests.Aws;

public sealed class GitHubWebIdentityCredentialsTests : IDisposable
{
    private readonly GitHub _gitHub = new();
    private readonly HttpClient _http;
    private readonly IAmazonSecurityTokenService _sts = Substitute.For<IAmazonSecurityTokenService>();
    private readonly GitHubWebIdentity _identity = new(new Uri("https://gitHub.invalid/token?api-version=2.0"), "job-token", "arn:aws:iam::123456789012:role/tiketi-staging", "run-7");

    public GitHubWebIdentityCredentialsTests()
    {
        _http = new HttpClient(_gitHub);
        Answer(expiresIn: TimeSpan.FromHours(1));
    }

    public void Dispose() => _http.Dispose();

    private GitHubWebIdentityCredentials Credentials => new(_identity, _http, _sts);

    private void Answer(TimeSpan expiresIn) => _sts.AssumeRoleWithWebIdentityAsync(default!, default).ReturnsForAnyArgs(_ => new AssumeRoleWithWebIdentityResponse
    {
        Credentials = new Credentials { AccessKeyId = "ASIA0123456789ABCDEF", SecretAccessKey = "s", SessionToken = "t", Expiration = DateTime.UtcNow + expiresIn },
    });

    [Fact]
    public async Task The_jobs_identity_is_exchanged_for_the_role()
    {
        var credentials = await Credentials.GetCredentialsAsync();

        credentials.AccessKey.Should().Be("ASIA0123456789ABCDEF");
        credentials.Token.Should().Be("t");
        _gitHub.Requests.Should().ContainSingle().Which.Should().Be("https://github.invalid/token?api-version=2.0&audience=sts.amazonaws.com Bearer job-token");
        await _sts.Received(1).AssumeRoleWithWebIdentityAsync(
            Arg.Is<AssumeRoleWithWebIdentityRequest>(request => request.RoleArn == _identity.RoleArn && request.RoleSessionName == "run-7" && request.WebIdentityToken == "jwt-1"),
            Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_session_is_kept_while_it_holds_and_renewed_with_a_new_identity_when_it_ends()
    {
        var credentials = Credentials;
        await credentials.GetCredentialsAsync();
        await credentials.GetCredentialsAsync();
        _gitHub.Requests.Should().HaveCount(1);

        credentials.ClearCredentials();
        await credentials.GetCredentialsAsync();
        await _sts.Received(1).AssumeRoleWithWebIdentityAsync(Arg.Is<AssumeRoleWithWebIdentityRequest>(request => request.WebIdentityToken == "jwt-2"), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Without_the_permission_the_job_is_told_which()
    {
        _gitHub.Status = HttpStatusCode.Forbidden;
        var error = (await FluentActions.Awaiting(() => Credentials.GetCredentialsAsync()).Should().ThrowAsync<PipelineException>()).Which;
        error.Remedy.Should().Contain("id-token: write");
        error.ToString().Should().NotContain("job-token");
    }

    [Fact]
    public async Task A_role_that_does_not_trust_the_job_is_named()
    {
        _sts.AssumeRoleWithWebIdentityAsync(default!, default).ThrowsAsyncForAnyArgs(new AmazonSecurityTokenServiceException("Not authorized to perform sts:AssumeRoleWithWebIdentity"));
        var error = (await FluentActions.Awaiting(() => Credentials.GetCredentialsAsync()).Should().ThrowAsync<PipelineException>()).Which;
        error.Message.Should().Contain(_identity.RoleArn).And.Contain("Not authorized");
        error.Remedy.Should().Contain("trust policy");
    }

    [Fact]
    public void The_secret_does_not_show() => _identity.ToString().Should().NotContain("job-token");

    private sealed class GitHub : HttpMessageHandler
    {
        public List<string> Requests { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.RequestUri} {request.Headers.Authorization}");
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent($$"""{"count":1,"value":"jwt-{{Requests.Count}}"}""") });
        }
    }
}
