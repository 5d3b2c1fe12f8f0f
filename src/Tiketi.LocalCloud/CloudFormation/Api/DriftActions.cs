using Tiketi.LocalCloud.CloudFormation.Drift;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>The drift part of the CloudFormation API.</summary>
internal sealed class DriftActions(DriftDetector detector, StackServices services)
{
    public object DetectStackDrift(QueryRequest request) => Element("StackDriftDetectionId", detector.Detect(StackOf(request)));

    public object DescribeStackDriftDetectionStatus(QueryRequest request)
    {
        var (stack, drift) = detector.Detection(request.Required("StackDriftDetectionId"));
        return new object[]
        {
            Element("StackId", stack.StackId),
            Element("StackDriftDetectionId", drift.DetectionId),
            Element("StackDriftStatus", drift.StackStatus),
            Element("DetectionStatus", "DETECTION_COMPLETE"),
            Element("DriftedStackResourceCount", drift.DriftedCount),
            Element("Timestamp", Timestamp(drift.Timestamp)),
        };
    }

    public object DescribeStackResourceDrifts(QueryRequest request)
    {
        var stack = StackOf(request);
        var wanted = request.List("StackResourceDriftStatusFilters") ?? [];
        var all = (stack.Drift?.Resources ?? []).Where(resource => wanted.Count == 0 || wanted.Contains(resource.Status)).ToList();
        var (start, size) = (request.Number("NextToken") ?? 0, request.Number("MaxResults") ?? 100);
        return new object?[]
        {
            Members("StackResourceDrifts", all.Skip(start).Take(size).Select(drift => Resource(stack, drift))),
            start + size < all.Count ? Element("NextToken", start + size) : null,
        };
    }

    private StackRecord StackOf(QueryRequest request) => services.StacksIn(request.Region).Get(request.Required("StackName"));

    private static object Resource(StackRecord stack, ResourceDrift drift) => new object?[]
    {
        Element("StackId", stack.StackId),
        Element("LogicalResourceId", drift.LogicalId),
        Element("PhysicalResourceId", drift.PhysicalId),
        Element("ResourceType", drift.Type),
        Element("ExpectedProperties", drift.Expected.ToJsonString()),
        Optional("ActualProperties", drift.Actual?.ToJsonString()),
        Members("PropertyDifferences", drift.Differences.Select(difference => (object)new[]
        {
            Element("PropertyPath", difference.Path),
            Element("ExpectedValue", difference.Expected),
            Element("ActualValue", difference.Actual),
            Element("DifferenceType", difference.Kind),
        })),
        Element("StackResourceDriftStatus", drift.Status),
        Element("Timestamp", Timestamp(drift.Timestamp)),
    };
}
