using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Security;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>Which bearer tokens open the cluster. That the AWS CLI's own does is shown in <see cref="KubectlTests"/>.</summary>
public sealed class TokenTests : IDisposable
{
    private const string Url = "https://sts.ap-northeast-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDELSEWHERE%2F20260102%2Fap-northeast-2%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=00";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly TokenAuthenticator _authenticator;
    private readonly EksClusters _clusters;

    public TokenTests()
    {
        _clusters = new EksClusters(new StateStore(new LocalCloudSettings { StateDirectory = _folder.Path, DockerHost = "", PostgresImage = "", RedisImage = "" }));
        _authenticator = new TokenAuthenticator(_time, _clusters);
        _clusters.Put("tiketi", new JsonObject { ["name"] = "tiketi" });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_presigned_identity_request_is_good_for_a_quarter_of_an_hour()
    {
        Authenticate(Url).Should().EndWith("user/AKIDELSEWHERE");
        _time.Advance(TimeSpan.FromMinutes(14));
        Authenticate(Url).Should().NotBeEmpty();
        _time.Advance(TimeSpan.FromMinutes(2));
        Refused(Url);
    }

    [Fact]
    public void Anything_else_is_refused()
    {
        Refused(Url.Replace("GetCallerIdentity", "AssumeRole", StringComparison.Ordinal));
        Refused(Url.Replace("host%3Bx-k8s-aws-id", "host", StringComparison.Ordinal));
        Refused(Url.Replace("%2Fsts%2F", "%2Fs3%2F", StringComparison.Ordinal));
        Refused(Url.Replace("X-Amz-Date=20260102T030405Z", "X-Amz-Date=20270102T030405Z", StringComparison.Ordinal));
        Refused(Url.Replace("AKIDELSEWHERE", "test", StringComparison.Ordinal)); // its secret is known, and this is not its signature
        Refused("not an address");
        FluentActions.Invoking(() => _authenticator.Authenticate(Request("Basic abc"))).Should().Throw<StatusException>().Which.Code.Should().Be(401);
        _clusters.Remove("tiketi");
        Refused(Url);
    }

    private static HttpRequest Request(string authorization)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = authorization;
        return request;
    }

    private string Authenticate(string url) =>
        _authenticator.Authenticate(Request("Bearer k8s-aws-v1." + Convert.ToBase64String(Encoding.ASCII.GetBytes(url)).TrimEnd('=').Replace('+', '-').Replace('/', '_')));

    private void Refused(string url) => FluentActions.Invoking(() => Authenticate(url)).Should().Throw<StatusException>().Which.Code.Should().Be(401);
}
