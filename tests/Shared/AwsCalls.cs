using System.Text;
using System.Xml.Linq;

namespace Tiketi.Testing;

/// <summary>AWS's interfaces, spoken to without a client: for what somebody does past the pipeline, whose clients only know what it does itself.</summary>
/// <param name="endpoint">The local cloud, which checks no signature.</param>
/// <param name="http">Sends the calls.</param>
internal sealed class AwsCalls(Uri endpoint, HttpClient http)
{
    private static readonly XNamespace CloudFront = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

    /// <summary>One call of a Query service (a form), or of a JSON service (<paramref name="target"/> its operation), which must succeed.</summary>
    /// <returns>The answer's body.</returns>
    public async Task<string> CallAsync(string service, string body, string? target = null)
    {
        using var request = Request(HttpMethod.Post, service, "/");
        request.Content = new StringContent(body, Encoding.UTF8, target is null ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1");
        if (target is not null)
        {
            request.Headers.Add("X-Amz-Target", target);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{service} answers {(int)response.StatusCode}: {text}");
    }

    /// <summary>Changes a distribution's configuration as the console does: reads it, and writes all of it back.</summary>
    /// <returns>What it was.</returns>
    public async Task<XElement> EditDistributionAsync(string id, Action<XElement> change)
    {
        using var read = Request(HttpMethod.Get, "cloudfront", $"/2020-05-31/distribution/{id}/config");
        using var answer = await http.SendAsync(read);
        var before = XElement.Parse(await answer.Content.ReadAsStringAsync());
        var config = new XElement(before);
        change(config);
        using var write = Request(HttpMethod.Put, "cloudfront", $"/2020-05-31/distribution/{id}/config");
        write.Headers.TryAddWithoutValidation("If-Match", answer.Headers.NonValidated["ETag"].ToString());
        write.Content = new StringContent(config.ToString(), Encoding.UTF8, "application/xml");
        using var response = await http.SendAsync(write);
        return response.IsSuccessStatusCode ? before : throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Lets a distribution forget all.</summary>
    public async Task InvalidateAsync(string id)
    {
        using var request = Request(HttpMethod.Post, "cloudfront", $"/2020-05-31/distribution/{id}/invalidation");
        var batch = new XElement(CloudFront + "InvalidationBatch",
            new XElement(CloudFront + "Paths", new XElement(CloudFront + "Quantity", 1), new XElement(CloudFront + "Items", new XElement(CloudFront + "Path", "/*"))),
            new XElement(CloudFront + "CallerReference", Guid.NewGuid()));
        request.Content = new StringContent(batch.ToString(), Encoding.UTF8, "application/xml");
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string service, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(endpoint, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/{service}/aws4_request, SignedHeaders=host, Signature=0");
        return request;
    }
}
