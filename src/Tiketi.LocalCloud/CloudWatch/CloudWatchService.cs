using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
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
    private readonly Dictionary<string, Func<QueryRequest, JsonObject?>> _actions;

    public CloudWatchService(RecordStore records)
    {
        _records = records;
        _actions = new(StringComparer.Ordinal)
        {
            ["DescribeAlarms"] = request => new JsonObject { ["MetricAlarms"] = new JsonArray([.. Wanted(request).Select(Shown)]) },
            ["EnableAlarmActions"] = request => Switch(request, on: true),
            ["DisableAlarmActions"] = request => Switch(request, on: false),
            ["SetAlarmState"] = SetState,
            ["DeleteAlarms"] = Delete,
            ["GetMetricData"] = request => new JsonObject
            {
                ["MetricDataResults"] = new JsonArray([.. (request.Structures("MetricDataQueries") ?? []).Where(query => query["ReturnData"] is not "false").Select(NoData)]),
            },
        };
        Actions = _actions.ToDictionary(
            action => action.Key,
            Func<QueryRequest, CancellationToken, Task<object?>> (action) => (request, _) => Task.FromResult<object?>(action.Value(request) is { } result ? Elements(result) : null),
            StringComparer.Ordinal);
    }

    public override string SigningName => "monitoring";

    protected override XNamespace Namespace => "http://monitoring.amazonaws.com/doc/2010-08-01/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    public override Task HandleAsync(HttpContext context) => RpcCall.In(context)?.AnswerAsync(_actions) ?? base.HandleAsync(context);

    private IEnumerable<RecordedResource> Wanted(QueryRequest request) => _records.All(CloudWatchTypes.Alarm)
        .Where(alarm => request.List("AlarmNames") is not { } names || names.Contains(alarm.Id))
        .Where(alarm => request["AlarmNamePrefix"] is not { } prefix || alarm.Id.StartsWith(prefix, StringComparison.Ordinal))
        .Where(alarm => request[State] is not { } state || StateOf(alarm) == state);

    private static string StateOf(RecordedResource alarm) => alarm.Attributes.GetValueOrDefault(State, "INSUFFICIENT_DATA");

    private static JsonNode Shown(RecordedResource alarm)
    {
        var shown = new JsonObject
        {
            ["AlarmName"] = alarm.Id,
            ["AlarmArn"] = alarm.Attributes["Arn"],
            ["ActionsEnabled"] = alarm.Properties.Flag("ActionsEnabled", otherwise: true),
            ["OKActions"] = List(alarm.Properties.Texts("OKActions")),
            ["AlarmActions"] = List(alarm.Properties.Texts("AlarmActions")),
            [State] = StateOf(alarm),
            [Reason] = alarm.Attributes.GetValueOrDefault(Reason, "Unchecked: Initial alarm creation"),
        };
        foreach (var name in (string[])["AlarmDescription", "MetricName", "Namespace"])
        {
            if (alarm.Properties.Text(name) is { Length: > 0 } text)
            {
                shown[name] = text;
            }
        }

        if (double.TryParse(alarm.Properties.Text("Threshold"), CultureInfo.InvariantCulture, out var threshold))
        {
            shown["Threshold"] = threshold;
        }

        return shown;
    }

    private static JsonNode NoData(QueryRequest query)
    {
        var result = new JsonObject { ["Id"] = query.Required("Id"), ["Timestamps"] = new JsonArray(), ["Values"] = new JsonArray(), ["StatusCode"] = "Complete" };
        if (query["Label"] is { } label)
        {
            result["Label"] = label;
        }

        return result;
    }

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private JsonObject? Switch(QueryRequest request, bool on)
    {
        foreach (var alarm in _records.All(CloudWatchTypes.Alarm).Where(alarm => request.List("AlarmNames")?.Contains(alarm.Id) == true).ToList())
        {
            var properties = (JsonObject)alarm.Properties.DeepClone();
            properties["ActionsEnabled"] = on;
            _records.Put(alarm with { Properties = properties });
        }

        return null;
    }

    private JsonObject? SetState(QueryRequest request)
    {
        var alarm = _records.Find(CloudWatchTypes.Alarm, request.Required("AlarmName")) ?? throw new QueryException("ResourceNotFound", "", StatusCodes.Status404NotFound);
        if (request.Required(State) is not ("OK" or "ALARM" or "INSUFFICIENT_DATA"))
        {
            throw new QueryException("ValidationError", $"1 validation error detected: Value '{request[State]}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]");
        }

        _records.Put(alarm with { Attributes = new(alarm.Attributes, StringComparer.Ordinal) { [State] = request.Required(State), [Reason] = request.Required(Reason) } });
        return null;
    }

    private JsonObject? Delete(QueryRequest request)
    {
        foreach (var name in request.List("AlarmNames") ?? [])
        {
            _records.Remove(CloudWatchTypes.Alarm, name);
        }

        return null;
    }
}
