using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudWatch;

/// <summary>The CloudWatch API about alarms, version 2010-08-01. No metric is measured here: an alarm's state is the one that somebody sets.</summary>
internal sealed class CloudWatchService : QueryService
{
    private const string State = "StateValue";
    private const string Reason = "StateReason";

    private readonly RecordStore _records;

    public CloudWatchService(RecordStore records)
    {
        _records = records;
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["DescribeAlarms"] = (request, _) => Task.FromResult<object?>(Members("MetricAlarms", Wanted(request).Select(AlarmXml))),
            ["EnableAlarmActions"] = (request, _) => SwitchAsync(request, on: true),
            ["DisableAlarmActions"] = (request, _) => SwitchAsync(request, on: false),
            ["SetAlarmState"] = (request, _) => SetStateAsync(request),
            ["DeleteAlarms"] = (request, _) => DeleteAsync(request),
            ["GetMetricData"] = (request, _) => Task.FromResult<object?>(Members("MetricDataResults", (request.Structures("MetricDataQueries") ?? [])
                .Where(query => query["ReturnData"] is not "false").Select(query => (object)new object?[]
                {
                    Element("Id", query.Required("Id")), Optional("Label", query["Label"]), new XElement("Timestamps"), new XElement("Values"), Element("StatusCode", "Complete"),
                }))),
        };
    }

    public override string SigningName => "monitoring";

    protected override XNamespace Namespace => "http://monitoring.amazonaws.com/doc/2010-08-01/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private IEnumerable<RecordedResource> Wanted(QueryRequest request) => _records.All(CloudWatchTypes.Alarm)
        .Where(alarm => request.List("AlarmNames") is not { } names || names.Contains(alarm.Id))
        .Where(alarm => request["AlarmNamePrefix"] is not { } prefix || alarm.Id.StartsWith(prefix, StringComparison.Ordinal))
        .Where(alarm => request[State] is not { } state || StateOf(alarm) == state);

    private static string StateOf(RecordedResource alarm) => alarm.Attributes.GetValueOrDefault(State, "INSUFFICIENT_DATA");

    private static object AlarmXml(RecordedResource alarm) => new object?[]
    {
        Element("AlarmName", alarm.Id),
        Element("AlarmArn", alarm.Attributes["Arn"]),
        Optional("AlarmDescription", alarm.Properties.Text("AlarmDescription")),
        Element("ActionsEnabled", alarm.Properties.Flag("ActionsEnabled", otherwise: true)),
        Members("OKActions", alarm.Properties.Texts("OKActions")),
        Members("AlarmActions", alarm.Properties.Texts("AlarmActions")),
        Element(State, StateOf(alarm)),
        Element(Reason, alarm.Attributes.GetValueOrDefault(Reason, "Unchecked: Initial alarm creation")),
        Optional("MetricName", alarm.Properties.Text("MetricName")),
        Optional("Namespace", alarm.Properties.Text("Namespace")),
        Optional("Threshold", alarm.Properties.Text("Threshold")),
    };

    private Task<object?> SwitchAsync(QueryRequest request, bool on)
    {
        foreach (var alarm in _records.All(CloudWatchTypes.Alarm).Where(alarm => request.List("AlarmNames")?.Contains(alarm.Id) == true).ToList())
        {
            var properties = (JsonObject)alarm.Properties.DeepClone();
            properties["ActionsEnabled"] = on;
            _records.Put(alarm with { Properties = properties });
        }

        return Task.FromResult<object?>(null);
    }

    private Task<object?> SetStateAsync(QueryRequest request)
    {
        var alarm = _records.Find(CloudWatchTypes.Alarm, request.Required("AlarmName")) ?? throw new QueryException("ResourceNotFound", "");
        if (request.Required(State) is not ("OK" or "ALARM" or "INSUFFICIENT_DATA"))
        {
            throw new QueryException("ValidationError", $"1 validation error detected: Value '{request[State]}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]");
        }

        _records.Put(alarm with { Attributes = new(alarm.Attributes, StringComparer.Ordinal) { [State] = request.Required(State), [Reason] = request.Required(Reason) } });
        return Task.FromResult<object?>(null);
    }

    private Task<object?> DeleteAsync(QueryRequest request)
    {
        foreach (var name in request.List("AlarmNames") ?? [])
        {
            _records.Remove(CloudWatchTypes.Alarm, name);
        }

        return Task.FromResult<object?>(null);
    }
}
