using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFormation.Records;

/// <summary>Recorded types of services that the local cloud has no folder for.</summary>
internal static class PlainTypes
{
    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new("AWS::Logs::LogGroup", ["LogGroupName"], request => request.Properties.Text("LogGroupName") ?? ResourceNames.Generated(request, 512),
            (id, _) => new(StringComparer.Ordinal) { ["Arn"] = $"arn:aws:logs:{settings.Region}:{LocalCloudSettings.AccountId}:log-group:{id}:*" })
        {
            Names = new("", "BearerTokenAuthenticationEnabled DataProtectionPolicy DeletionProtectionEnabled FieldIndexPolicies KmsKeyId LogGroupClass LogGroupName ResourcePolicyDocument RetentionInDays Tags"),
            Check = (request, records, id) => RefuseTaken(records, "AWS::Logs::LogGroup", id, request.Properties.Text("LogGroupName"), "The specified log group already exists"),
        },
        new("AWS::Scheduler::Schedule", ["Name", "GroupName"], request => request.Properties.Text("Name") ?? ResourceNames.Generated(request, 64),
            (id, _) => new(StringComparer.Ordinal) { ["Arn"] = $"arn:aws:scheduler:{settings.Region}:{LocalCloudSettings.AccountId}:schedule/default/{id}" })
        {
            Names = new("FlexibleTimeWindow ScheduleExpression Target", "Description EndDate GroupName KmsKeyArn Name ScheduleExpressionTimezone StartDate State"),
            Check = (request, records, id) =>
            {
                RefuseTaken(records, "AWS::Scheduler::Schedule", id, request.Properties.Text("Name"), $"Schedule {request.Properties.Text("Name")} already exists.");
                CheckSchedule(request.Properties);
            },
        },
        new("AWS::CloudFormation::WaitConditionHandle", [], request => $"https://cloudformation-waitcondition-{settings.Region}.s3.amazonaws.com/{request.StackName}/{request.LogicalId}", (_, _) => []),
    ];

    private static void CheckSchedule(JsonObject properties)
    {
        if (properties.Text("ScheduleExpression") is not { } expression || !(expression.StartsWith("cron(", StringComparison.Ordinal) || expression.StartsWith("rate(", StringComparison.Ordinal) || expression.StartsWith("at(", StringComparison.Ordinal)))
        {
            throw new ResourceException("Invalid Schedule Expression " + properties.Text("ScheduleExpression") + ".");
        }

        var target = properties["Target"] as JsonObject;
        if (target?.Text("Arn")?.StartsWith("arn:", StringComparison.Ordinal) != true || target.Text("RoleArn") is null)
        {
            throw new ResourceException("Provided Arn is not in correct format.");
        }
    }

    /// <summary>Refuses a new resource whose name another one has.</summary>
    public static void RefuseTaken(RecordStore records, string type, string? id, string? name, string message)
    {
        if (id is null && name is not null && records.Find(type, name) is not null)
        {
            throw new ResourceException(message);
        }
    }
}
