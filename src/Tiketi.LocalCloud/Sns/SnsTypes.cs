using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Sns;

/// <summary>Topics and who hears of them, recorded: the local cloud sends no mail.</summary>
internal static class SnsTypes
{
    public const string Topic = "AWS::SNS::Topic";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(Topic, ["TopicName", "FifoTopic"], request => $"arn:aws:sns:{settings.Region}:{LocalCloudSettings.AccountId}:{request.Properties.Text("TopicName") ?? ResourceNames.Generated(request, 256)}",
            (id, _) => new(StringComparer.Ordinal) { ["TopicArn"] = id, ["TopicName"] = id[(id.LastIndexOf(':') + 1)..] })
        {
            Names = new("", "ArchivePolicy ContentBasedDeduplication DataProtectionPolicy DeliveryStatusLogging DisplayName FifoThroughputScope FifoTopic KmsMasterKeyId SignatureVersion Subscription Tags TopicName TracingConfig"),
            Check = (request, records, id) =>
            {
                if (id is null && request.Properties.Text("TopicName") is { } name && records.All(Topic).Any(other => other.Attributes["TopicName"] == name))
                {
                    throw new ResourceException($"Resource of type '{Topic}' with identifier '{name}' already exists.");
                }
            },
        },
        new("AWS::SNS::Subscription", ["TopicArn", "Protocol", "Endpoint"], request => $"{request.Properties.RequiredText("TopicArn")}:{Guid.NewGuid()}", (id, _) => new(StringComparer.Ordinal) { ["Arn"] = id })
        {
            Names = new("TopicArn Protocol", "DeliveryPolicy Endpoint FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy Region ReplayPolicy SubscriptionRoleArn"),
            Check = (request, records, _) =>
            {
                RequireTopic(records, request.Properties.RequiredText("TopicArn"));
                if (request.Properties.Text("Protocol") == "email" && request.Properties.Text("Endpoint")?.Contains('@') != true)
                {
                    throw new ResourceException("Invalid parameter: Email address (Service: Sns, Status Code: 400)");
                }
            },
        },
        new("AWS::SNS::TopicPolicy", [], request => ResourceNames.Generated(request), (id, _) => new(StringComparer.Ordinal) { ["Id"] = id })
        {
            Names = new("PolicyDocument Topics", ""),
            Check = (request, records, _) =>
            {
                foreach (var arn in request.Properties.Texts("Topics"))
                {
                    RequireTopic(records, arn);
                }

                if ((request.Properties["PolicyDocument"] as JsonObject)?["Statement"] is null)
                {
                    throw new ResourceException("Invalid parameter: Policy Error: null (Service: Sns, Status Code: 400)");
                }
            },
        },
    ];

    private static void RequireTopic(RecordStore records, string arn)
    {
        if (records.Find(Topic, arn) is null)
        {
            throw new ResourceException("Topic does not exist (Service: Sns, Status Code: 404)");
        }
    }
}
