using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.EKS;

[JsonConverter(typeof(ConstantConverter<ClusterStatus>))]
public class ClusterStatus(string value) : ConstantClass(value), IConstant<ClusterStatus>
{
    public static readonly ClusterStatus CREATING = new("CREATING");
    public static readonly ClusterStatus ACTIVE = new("ACTIVE");
    public static readonly ClusterStatus DELETING = new("DELETING");
    public static readonly ClusterStatus FAILED = new("FAILED");
    public static readonly ClusterStatus UPDATING = new("UPDATING");
    public static readonly ClusterStatus PENDING = new("PENDING");

    public static ClusterStatus FindValue(string value) => FindValue<ClusterStatus>(value);

    public static implicit operator ClusterStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<IpFamily>))]
public class IpFamily(string value) : ConstantClass(value), IConstant<IpFamily>
{
    public static readonly IpFamily Ipv4 = new("ipv4");
    public static readonly IpFamily Ipv6 = new("ipv6");

    public static IpFamily FindValue(string value) => FindValue<IpFamily>(value);

    public static implicit operator IpFamily(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ClusterIssueCode>))]
public class ClusterIssueCode(string value) : ConstantClass(value), IConstant<ClusterIssueCode>
{
    public static readonly ClusterIssueCode AccessDenied = new("AccessDenied");
    public static readonly ClusterIssueCode ClusterUnreachable = new("ClusterUnreachable");
    public static readonly ClusterIssueCode ConfigurationConflict = new("ConfigurationConflict");
    public static readonly ClusterIssueCode InternalFailure = new("InternalFailure");
    public static readonly ClusterIssueCode ResourceLimitExceeded = new("ResourceLimitExceeded");
    public static readonly ClusterIssueCode ResourceNotFound = new("ResourceNotFound");
    public static readonly ClusterIssueCode IamRoleNotFound = new("IamRoleNotFound");
    public static readonly ClusterIssueCode VpcNotFound = new("VpcNotFound");
    public static readonly ClusterIssueCode InsufficientFreeAddresses = new("InsufficientFreeAddresses");
    public static readonly ClusterIssueCode Ec2ServiceNotSubscribed = new("Ec2ServiceNotSubscribed");
    public static readonly ClusterIssueCode Ec2SubnetNotFound = new("Ec2SubnetNotFound");
    public static readonly ClusterIssueCode Ec2SecurityGroupNotFound = new("Ec2SecurityGroupNotFound");
    public static readonly ClusterIssueCode KmsGrantRevoked = new("KmsGrantRevoked");
    public static readonly ClusterIssueCode KmsKeyNotFound = new("KmsKeyNotFound");
    public static readonly ClusterIssueCode KmsKeyMarkedForDeletion = new("KmsKeyMarkedForDeletion");
    public static readonly ClusterIssueCode KmsKeyDisabled = new("KmsKeyDisabled");
    public static readonly ClusterIssueCode StsRegionalEndpointDisabled = new("StsRegionalEndpointDisabled");
    public static readonly ClusterIssueCode UnsupportedVersion = new("UnsupportedVersion");
    public static readonly ClusterIssueCode Other = new("Other");

    public static ClusterIssueCode FindValue(string value) => FindValue<ClusterIssueCode>(value);

    public static implicit operator ClusterIssueCode(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<AuthenticationMode>))]
public class AuthenticationMode(string value) : ConstantClass(value), IConstant<AuthenticationMode>
{
    public static readonly AuthenticationMode API = new("API");
    public static readonly AuthenticationMode API_AND_CONFIG_MAP = new("API_AND_CONFIG_MAP");
    public static readonly AuthenticationMode CONFIG_MAP = new("CONFIG_MAP");

    public static AuthenticationMode FindValue(string value) => FindValue<AuthenticationMode>(value);

    public static implicit operator AuthenticationMode(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<NodegroupStatus>))]
public class NodegroupStatus(string value) : ConstantClass(value), IConstant<NodegroupStatus>
{
    public static readonly NodegroupStatus CREATING = new("CREATING");
    public static readonly NodegroupStatus ACTIVE = new("ACTIVE");
    public static readonly NodegroupStatus UPDATING = new("UPDATING");
    public static readonly NodegroupStatus DELETING = new("DELETING");
    public static readonly NodegroupStatus CREATE_FAILED = new("CREATE_FAILED");
    public static readonly NodegroupStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly NodegroupStatus DEGRADED = new("DEGRADED");

    public static NodegroupStatus FindValue(string value) => FindValue<NodegroupStatus>(value);

    public static implicit operator NodegroupStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<CapacityTypes>))]
public class CapacityTypes(string value) : ConstantClass(value), IConstant<CapacityTypes>
{
    public static readonly CapacityTypes ON_DEMAND = new("ON_DEMAND");
    public static readonly CapacityTypes SPOT = new("SPOT");
    public static readonly CapacityTypes CAPACITY_BLOCK = new("CAPACITY_BLOCK");

    public static CapacityTypes FindValue(string value) => FindValue<CapacityTypes>(value);

    public static implicit operator CapacityTypes(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<AMITypes>))]
public class AMITypes(string value) : ConstantClass(value), IConstant<AMITypes>
{
    public static readonly AMITypes AL2_x86_64 = new("AL2_x86_64");
    public static readonly AMITypes AL2_x86_64_GPU = new("AL2_x86_64_GPU");
    public static readonly AMITypes AL2_ARM_64 = new("AL2_ARM_64");
    public static readonly AMITypes CUSTOM = new("CUSTOM");
    public static readonly AMITypes BOTTLEROCKET_ARM_64 = new("BOTTLEROCKET_ARM_64");
    public static readonly AMITypes BOTTLEROCKET_x86_64 = new("BOTTLEROCKET_x86_64");
    public static readonly AMITypes BOTTLEROCKET_ARM_64_FIPS = new("BOTTLEROCKET_ARM_64_FIPS");
    public static readonly AMITypes BOTTLEROCKET_x86_64_FIPS = new("BOTTLEROCKET_x86_64_FIPS");
    public static readonly AMITypes BOTTLEROCKET_ARM_64_NVIDIA = new("BOTTLEROCKET_ARM_64_NVIDIA");
    public static readonly AMITypes BOTTLEROCKET_x86_64_NVIDIA = new("BOTTLEROCKET_x86_64_NVIDIA");
    public static readonly AMITypes BOTTLEROCKET_ARM_64_NVIDIA_FIPS = new("BOTTLEROCKET_ARM_64_NVIDIA_FIPS");
    public static readonly AMITypes BOTTLEROCKET_x86_64_NVIDIA_FIPS = new("BOTTLEROCKET_x86_64_NVIDIA_FIPS");
    public static readonly AMITypes WINDOWS_CORE_2019_x86_64 = new("WINDOWS_CORE_2019_x86_64");
    public static readonly AMITypes WINDOWS_FULL_2019_x86_64 = new("WINDOWS_FULL_2019_x86_64");
    public static readonly AMITypes WINDOWS_CORE_2022_x86_64 = new("WINDOWS_CORE_2022_x86_64");
    public static readonly AMITypes WINDOWS_FULL_2022_x86_64 = new("WINDOWS_FULL_2022_x86_64");
    public static readonly AMITypes WINDOWS_CORE_2025_x86_64 = new("WINDOWS_CORE_2025_x86_64");
    public static readonly AMITypes WINDOWS_FULL_2025_x86_64 = new("WINDOWS_FULL_2025_x86_64");
    public static readonly AMITypes AL2023_x86_64_STANDARD = new("AL2023_x86_64_STANDARD");
    public static readonly AMITypes AL2023_ARM_64_STANDARD = new("AL2023_ARM_64_STANDARD");
    public static readonly AMITypes AL2023_x86_64_NEURON = new("AL2023_x86_64_NEURON");
    public static readonly AMITypes AL2023_x86_64_NVIDIA = new("AL2023_x86_64_NVIDIA");
    public static readonly AMITypes AL2023_ARM_64_NVIDIA = new("AL2023_ARM_64_NVIDIA");

    public static AMITypes FindValue(string value) => FindValue<AMITypes>(value);

    public static implicit operator AMITypes(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<TaintEffect>))]
public class TaintEffect(string value) : ConstantClass(value), IConstant<TaintEffect>
{
    public static readonly TaintEffect NO_SCHEDULE = new("NO_SCHEDULE");
    public static readonly TaintEffect NO_EXECUTE = new("NO_EXECUTE");
    public static readonly TaintEffect PREFER_NO_SCHEDULE = new("PREFER_NO_SCHEDULE");

    public static TaintEffect FindValue(string value) => FindValue<TaintEffect>(value);

    public static implicit operator TaintEffect(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<NodegroupIssueCode>))]
public class NodegroupIssueCode(string value) : ConstantClass(value), IConstant<NodegroupIssueCode>
{
    public static readonly NodegroupIssueCode AutoScalingGroupNotFound = new("AutoScalingGroupNotFound");
    public static readonly NodegroupIssueCode AutoScalingGroupInvalidConfiguration = new("AutoScalingGroupInvalidConfiguration");
    public static readonly NodegroupIssueCode Ec2SecurityGroupNotFound = new("Ec2SecurityGroupNotFound");
    public static readonly NodegroupIssueCode Ec2SecurityGroupDeletionFailure = new("Ec2SecurityGroupDeletionFailure");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateNotFound = new("Ec2LaunchTemplateNotFound");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateVersionMismatch = new("Ec2LaunchTemplateVersionMismatch");
    public static readonly NodegroupIssueCode Ec2SubnetNotFound = new("Ec2SubnetNotFound");
    public static readonly NodegroupIssueCode Ec2SubnetInvalidConfiguration = new("Ec2SubnetInvalidConfiguration");
    public static readonly NodegroupIssueCode IamInstanceProfileNotFound = new("IamInstanceProfileNotFound");
    public static readonly NodegroupIssueCode Ec2SubnetMissingIpv6Assignment = new("Ec2SubnetMissingIpv6Assignment");
    public static readonly NodegroupIssueCode IamLimitExceeded = new("IamLimitExceeded");
    public static readonly NodegroupIssueCode IamNodeRoleNotFound = new("IamNodeRoleNotFound");
    public static readonly NodegroupIssueCode NodeCreationFailure = new("NodeCreationFailure");
    public static readonly NodegroupIssueCode AsgInstanceLaunchFailures = new("AsgInstanceLaunchFailures");
    public static readonly NodegroupIssueCode InstanceLimitExceeded = new("InstanceLimitExceeded");
    public static readonly NodegroupIssueCode InsufficientFreeAddresses = new("InsufficientFreeAddresses");
    public static readonly NodegroupIssueCode AccessDenied = new("AccessDenied");
    public static readonly NodegroupIssueCode InternalFailure = new("InternalFailure");
    public static readonly NodegroupIssueCode ClusterUnreachable = new("ClusterUnreachable");
    public static readonly NodegroupIssueCode AmiIdNotFound = new("AmiIdNotFound");
    public static readonly NodegroupIssueCode AutoScalingGroupOptInRequired = new("AutoScalingGroupOptInRequired");
    public static readonly NodegroupIssueCode AutoScalingGroupRateLimitExceeded = new("AutoScalingGroupRateLimitExceeded");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateDeletionFailure = new("Ec2LaunchTemplateDeletionFailure");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateInvalidConfiguration = new("Ec2LaunchTemplateInvalidConfiguration");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateMaxLimitExceeded = new("Ec2LaunchTemplateMaxLimitExceeded");
    public static readonly NodegroupIssueCode Ec2SubnetListTooLong = new("Ec2SubnetListTooLong");
    public static readonly NodegroupIssueCode IamThrottling = new("IamThrottling");
    public static readonly NodegroupIssueCode NodeTerminationFailure = new("NodeTerminationFailure");
    public static readonly NodegroupIssueCode PodEvictionFailure = new("PodEvictionFailure");
    public static readonly NodegroupIssueCode SourceEc2LaunchTemplateNotFound = new("SourceEc2LaunchTemplateNotFound");
    public static readonly NodegroupIssueCode LimitExceeded = new("LimitExceeded");
    public static readonly NodegroupIssueCode Unknown = new("Unknown");
    public static readonly NodegroupIssueCode AutoScalingGroupInstanceRefreshActive = new("AutoScalingGroupInstanceRefreshActive");
    public static readonly NodegroupIssueCode KubernetesLabelInvalid = new("KubernetesLabelInvalid");
    public static readonly NodegroupIssueCode Ec2LaunchTemplateVersionMaxLimitExceeded = new("Ec2LaunchTemplateVersionMaxLimitExceeded");
    public static readonly NodegroupIssueCode Ec2InstanceTypeDoesNotExist = new("Ec2InstanceTypeDoesNotExist");

    public static NodegroupIssueCode FindValue(string value) => FindValue<NodegroupIssueCode>(value);

    public static implicit operator NodegroupIssueCode(string value) => FindValue(value);
}
