using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Aws.Protocol;

/// <summary>
/// One line that says where a REST operation puts its members, as "GET /clusters/{ClusterName}/node-groups?MaxResults=maxResults".
/// A query entry without "=" has the member's own name on the wire. Core does all the escaping.
/// </summary>
internal sealed class RestLine
{
    private readonly string _method;
    private readonly string _path;
    private readonly List<JsonPropertyInfo> _labels = [];
    private readonly List<(JsonPropertyInfo Member, string WireName)> _query = [];

    public RestLine(string line, Type requestType, Shapes shapes)
    {
        var shape = shapes.Of(requestType);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var parts = line[(space + 1)..].Split('?', 2);
        _method = line[..space];
        _path = parts[0];
        foreach (var segment in _path.Split('/').Where(part => part.StartsWith('{')))
        {
            _labels.Add(Member(shape, segment.Trim('{', '}')));
        }

        foreach (var entry in parts.Length == 2 ? parts[1].Split('&') : [])
        {
            var pair = entry.Split('=', 2);
            _query.Add((Member(shape, pair[0]), pair[^1]));
        }
    }

    public DefaultRequest Request(AmazonWebServiceRequest input, string serviceName)
    {
        var request = new DefaultRequest(input, serviceName) { HttpMethod = _method, ResourcePath = _path };
        foreach (var label in _labels)
        {
            var value = Text.Of(label.Get!(input));
            if (string.IsNullOrEmpty(value))
            {
                throw new AmazonClientException($"Request object does not have required field {MemberName(label)} set");
            }

            request.AddPathResource("{" + MemberName(label) + "}", value);
        }

        foreach (var (member, wireName) in _query)
        {
            if (member.Get!(input) is { } value)
            {
                request.Parameters[wireName] = Text.Of(value);
                request.UseQueryString = true;
            }
        }

        return request;
    }

    private static JsonPropertyInfo Member(JsonTypeInfo shape, string name) =>
        shape.Properties.SingleOrDefault(member => MemberName(member) == name)
        ?? throw new InvalidOperationException($"{shape.Type.Name} has no member {name}.");

    private static string MemberName(JsonPropertyInfo member) => ((System.Reflection.MemberInfo)member.AttributeProvider!).Name;
}
