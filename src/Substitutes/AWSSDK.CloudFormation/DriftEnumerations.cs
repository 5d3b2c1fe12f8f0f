using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CloudFormation;

[JsonConverter(typeof(ConstantConverter<StackDriftDetectionStatus>))]
public class StackDriftDetectionStatus(string value) : ConstantClass(value), IConstant<StackDriftDetectionStatus>
{
    public static readonly StackDriftDetectionStatus DETECTION_IN_PROGRESS = new("DETECTION_IN_PROGRESS");
    public static readonly StackDriftDetectionStatus DETECTION_FAILED = new("DETECTION_FAILED");
    public static readonly StackDriftDetectionStatus DETECTION_COMPLETE = new("DETECTION_COMPLETE");

    public static StackDriftDetectionStatus FindValue(string value) => FindValue<StackDriftDetectionStatus>(value);

    public static implicit operator StackDriftDetectionStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<StackDriftStatus>))]
public class StackDriftStatus(string value) : ConstantClass(value), IConstant<StackDriftStatus>
{
    public static readonly StackDriftStatus DRIFTED = new("DRIFTED");
    public static readonly StackDriftStatus IN_SYNC = new("IN_SYNC");
    public static readonly StackDriftStatus UNKNOWN = new("UNKNOWN");
    public static readonly StackDriftStatus NOT_CHECKED = new("NOT_CHECKED");

    public static StackDriftStatus FindValue(string value) => FindValue<StackDriftStatus>(value);

    public static implicit operator StackDriftStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<StackResourceDriftStatus>))]
public class StackResourceDriftStatus(string value) : ConstantClass(value), IConstant<StackResourceDriftStatus>
{
    public static readonly StackResourceDriftStatus IN_SYNC = new("IN_SYNC");
    public static readonly StackResourceDriftStatus MODIFIED = new("MODIFIED");
    public static readonly StackResourceDriftStatus DELETED = new("DELETED");
    public static readonly StackResourceDriftStatus NOT_CHECKED = new("NOT_CHECKED");
    public static readonly StackResourceDriftStatus UNKNOWN = new("UNKNOWN");
    public static readonly StackResourceDriftStatus UNSUPPORTED = new("UNSUPPORTED");

    public static StackResourceDriftStatus FindValue(string value) => FindValue<StackResourceDriftStatus>(value);

    public static implicit operator StackResourceDriftStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<DifferenceType>))]
public class DifferenceType(string value) : ConstantClass(value), IConstant<DifferenceType>
{
    public static readonly DifferenceType ADD = new("ADD");
    public static readonly DifferenceType REMOVE = new("REMOVE");
    public static readonly DifferenceType NOT_EQUAL = new("NOT_EQUAL");

    public static DifferenceType FindValue(string value) => FindValue<DifferenceType>(value);

    public static implicit operator DifferenceType(string value) => FindValue(value);
}
