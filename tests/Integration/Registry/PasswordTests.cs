using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tiketi.Integration;

/// <summary>Debian's docker-registry asks for the password that the registry tests rely on.</summary>
[Collection(PeersCollection.Name)]
public sealed class PasswordTests(Peers peers)
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("tiketi:wrong", HttpStatusCode.Unauthorized)]
    [InlineData("tiketi:integration-only", HttpStatusCode.OK)]
    public async Task TheRegistry_WantsItsPassword(string? credentials, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{peers.Registry}/v2/");
        request.Headers.Authorization = credentials is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(expected);
    }
}
