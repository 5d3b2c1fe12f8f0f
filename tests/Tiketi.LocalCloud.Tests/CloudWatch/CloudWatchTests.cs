using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Query;
using Tiketi.LocalCloud.Tests.CloudFormation;

namespace Tiketi.LocalCloud.Tests.CloudWatch;

/// <summary>Alarms, in whichever protocol a client asks for them.</summary>
public sealed class CloudWatchTests
{
    private const string Alarms = """
        Resources:
          Cpu: { Type: AWS::CloudWatch::Alarm, Properties: { AlarmName: cpu, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: CPUUtilization, Namespace: AWS/RDS, Threshold: 80.5, AlarmActions: ["arn:aws:sns:ap-northeast-2:000000000000:alerts"] } }
          Memory: { Type: AWS::CloudWatch::Alarm, Properties: { AlarmName: memory, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: m } }
        """;

    /// <summary>Requests as botocore 1.43 sends them when it is told to prefer CBOR, as the SDKs of other languages do; status, and some of the answer's members.</summary>
    private static readonly (string Action, string Request, int Status, string Expected)[] Recorded =
    [
        ("DescribeAlarms", "ompBbGFybU5hbWVzgmNjcHVkbm9uZWpNYXhSZWNvcmRzBw==", 200, """{"AlarmName":"cpu","ActionsEnabled":true,"Threshold":80.5}"""),
        ("SetAlarmState", "o2lBbGFybU5hbWVkbm9uZWpTdGF0ZVZhbHVlYk9La1N0YXRlUmVhc29uYXg=", 404, """{"__type":"ResourceNotFound"}"""),
        ("GetMetricData", "o3FNZXRyaWNEYXRhUXVlcmllc4KkYklkYWFlTGFiZWxjQ1BVak1ldHJpY1N0YXSjZk1ldHJpY6NpTmFtZXNwYWNlZ0FXUy9SRFNqTWV0cmljTmFtZW5DUFVVdGlsaXphdGlvbmpEaW1lbnNpb25zgaJkTmFtZXREQkluc3RhbmNlSWRlbnRpZmllcmVWYWx1ZWJkYmZQZXJpb2QZASxkU3RhdGdBdmVyYWdlalJldHVybkRhdGH1o2JJZGFiakV4cHJlc3Npb25jYSoyalJldHVybkRhdGH0aVN0YXJ0VGltZcEaaVW5AGdFbmRUaW1lwRppVwqA", 200, """{"Id":"a","Label":"CPU","Values":[]}"""),
        ("ListMetrics", "oA==", 404, """{"__type":"UnknownOperationException"}"""),
        ("DescribeAlarms", "/w==", 400, """{"__type":"SerializationException"}"""),
    ];

    /// <summary>Its newer versions speak JSON, its older ones the Query protocol: the answers are the same.</summary>
    [Fact]
    public async Task The_AWS_CLI_finds_alarms_and_sets_their_state()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("alarms", Alarms);

        (await cloud.AwsAsync("cloudwatch", "set-alarm-state", "--alarm-name", "memory", "--state-value", "ALARM", "--state-reason", "tried out")).Ok();
        var alarms = (await cloud.AwsJsonAsync("cloudwatch", "describe-alarms", "--alarm-names", "cpu", "memory"))["MetricAlarms"]!.AsArray().ToDictionary(alarm => alarm!["AlarmName"]!.ToString());
        var refused = await cloud.AwsAsync("cloudwatch", "set-alarm-state", "--alarm-name", "none", "--state-value", "OK", "--state-reason", "x");

        alarms.Should().HaveCount(2);
        alarms["cpu"]!["AlarmArn"]!.ToString().Should().Be("arn:aws:cloudwatch:ap-northeast-2:000000000000:alarm:cpu");
        (alarms["cpu"]!["ActionsEnabled"]!.GetValue<bool>(), alarms["cpu"]!["Threshold"]!.GetValue<double>(), alarms["cpu"]!["AlarmActions"]!.AsArray().Count).Should().Be((true, 80.5, 1));
        (alarms["cpu"]!["StateValue"]!.ToString(), alarms["memory"]!["StateValue"]!.ToString()).Should().Be(("INSUFFICIENT_DATA", "ALARM"));
        refused.Error.Should().Contain("(ResourceNotFound)");
    }

    [Fact]
    public async Task CBOR_is_answered_in_CBOR()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("alarms", Alarms);
        using var http = new HttpClient();
        foreach (var (action, request, status, expected) in Recorded)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{cloud.Settings.AwsPort}/service/GraniteServiceVersion20100801/operation/{action}");
            message.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/monitoring/aws4_request, SignedHeaders=host, Signature=0");
            message.Headers.Add("smithy-protocol", "rpc-v2-cbor");
            message.Content = new ByteArrayContent(Convert.FromBase64String(request)) { Headers = { ContentType = new("application/cbor") } };

            using var response = await http.SendAsync(message);

            ((int)response.StatusCode, response.Headers.GetValues("smithy-protocol").Single()).Should().Be((status, "rpc-v2-cbor"), action);
            var answer = CborJson.Read(await response.Content.ReadAsByteArrayAsync())!.AsObject();
            var told = (answer.First().Value is JsonArray list ? list.Single() : answer)!.AsObject();
            JsonNode.Parse(expected)!.AsObject().Should().AllSatisfy(member => JsonNode.DeepEquals(told[member.Key], member.Value).Should().BeTrue("{0} is {1}", member.Key, told[member.Key]));
        }
    }
}
