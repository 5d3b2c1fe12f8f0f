using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CloudFormation;

[JsonConverter(typeof(ConstantConverter<StackStatus>))]
public class StackStatus(string value) : ConstantClass(value), IConstant<StackStatus>
{
    public static readonly StackStatus CREATE_IN_PROGRESS = new("CREATE_IN_PROGRESS");
    public static readonly StackStatus CREATE_FAILED = new("CREATE_FAILED");
    public static readonly StackStatus CREATE_COMPLETE = new("CREATE_COMPLETE");
    public static readonly StackStatus ROLLBACK_IN_PROGRESS = new("ROLLBACK_IN_PROGRESS");
    public static readonly StackStatus ROLLBACK_FAILED = new("ROLLBACK_FAILED");
    public static readonly StackStatus ROLLBACK_COMPLETE = new("ROLLBACK_COMPLETE");
    public static readonly StackStatus DELETE_IN_PROGRESS = new("DELETE_IN_PROGRESS");
    public static readonly StackStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly StackStatus DELETE_COMPLETE = new("DELETE_COMPLETE");
    public static readonly StackStatus UPDATE_IN_PROGRESS = new("UPDATE_IN_PROGRESS");
    public static readonly StackStatus UPDATE_COMPLETE_CLEANUP_IN_PROGRESS = new("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    public static readonly StackStatus UPDATE_COMPLETE = new("UPDATE_COMPLETE");
    public static readonly StackStatus UPDATE_FAILED = new("UPDATE_FAILED");
    public static readonly StackStatus UPDATE_ROLLBACK_IN_PROGRESS = new("UPDATE_ROLLBACK_IN_PROGRESS");
    public static readonly StackStatus UPDATE_ROLLBACK_FAILED = new("UPDATE_ROLLBACK_FAILED");
    public static readonly StackStatus UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS = new("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
    public static readonly StackStatus UPDATE_ROLLBACK_COMPLETE = new("UPDATE_ROLLBACK_COMPLETE");
    public static readonly StackStatus REVIEW_IN_PROGRESS = new("REVIEW_IN_PROGRESS");
    public static readonly StackStatus IMPORT_IN_PROGRESS = new("IMPORT_IN_PROGRESS");
    public static readonly StackStatus IMPORT_COMPLETE = new("IMPORT_COMPLETE");
    public static readonly StackStatus IMPORT_ROLLBACK_IN_PROGRESS = new("IMPORT_ROLLBACK_IN_PROGRESS");
    public static readonly StackStatus IMPORT_ROLLBACK_FAILED = new("IMPORT_ROLLBACK_FAILED");
    public static readonly StackStatus IMPORT_ROLLBACK_COMPLETE = new("IMPORT_ROLLBACK_COMPLETE");

    public static StackStatus FindValue(string value) => FindValue<StackStatus>(value);

    public static implicit operator StackStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<Capability>))]
public class Capability(string value) : ConstantClass(value), IConstant<Capability>
{
    public static readonly Capability CAPABILITY_IAM = new("CAPABILITY_IAM");
    public static readonly Capability CAPABILITY_NAMED_IAM = new("CAPABILITY_NAMED_IAM");
    public static readonly Capability CAPABILITY_AUTO_EXPAND = new("CAPABILITY_AUTO_EXPAND");

    public static Capability FindValue(string value) => FindValue<Capability>(value);

    public static implicit operator Capability(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<DeletionMode>))]
public class DeletionMode(string value) : ConstantClass(value), IConstant<DeletionMode>
{
    public static readonly DeletionMode STANDARD = new("STANDARD");
    public static readonly DeletionMode FORCE_DELETE_STACK = new("FORCE_DELETE_STACK");

    public static DeletionMode FindValue(string value) => FindValue<DeletionMode>(value);

    public static implicit operator DeletionMode(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<DetailedStatus>))]
public class DetailedStatus(string value) : ConstantClass(value), IConstant<DetailedStatus>
{
    public static readonly DetailedStatus CONFIGURATION_COMPLETE = new("CONFIGURATION_COMPLETE");
    public static readonly DetailedStatus VALIDATION_FAILED = new("VALIDATION_FAILED");

    public static DetailedStatus FindValue(string value) => FindValue<DetailedStatus>(value);

    public static implicit operator DetailedStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ResourceStatus>))]
public class ResourceStatus(string value) : ConstantClass(value), IConstant<ResourceStatus>
{
    public static readonly ResourceStatus CREATE_IN_PROGRESS = new("CREATE_IN_PROGRESS");
    public static readonly ResourceStatus CREATE_FAILED = new("CREATE_FAILED");
    public static readonly ResourceStatus CREATE_COMPLETE = new("CREATE_COMPLETE");
    public static readonly ResourceStatus DELETE_IN_PROGRESS = new("DELETE_IN_PROGRESS");
    public static readonly ResourceStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly ResourceStatus DELETE_COMPLETE = new("DELETE_COMPLETE");
    public static readonly ResourceStatus DELETE_SKIPPED = new("DELETE_SKIPPED");
    public static readonly ResourceStatus UPDATE_IN_PROGRESS = new("UPDATE_IN_PROGRESS");
    public static readonly ResourceStatus UPDATE_FAILED = new("UPDATE_FAILED");
    public static readonly ResourceStatus UPDATE_COMPLETE = new("UPDATE_COMPLETE");
    public static readonly ResourceStatus IMPORT_FAILED = new("IMPORT_FAILED");
    public static readonly ResourceStatus IMPORT_COMPLETE = new("IMPORT_COMPLETE");
    public static readonly ResourceStatus IMPORT_IN_PROGRESS = new("IMPORT_IN_PROGRESS");
    public static readonly ResourceStatus IMPORT_ROLLBACK_IN_PROGRESS = new("IMPORT_ROLLBACK_IN_PROGRESS");
    public static readonly ResourceStatus IMPORT_ROLLBACK_FAILED = new("IMPORT_ROLLBACK_FAILED");
    public static readonly ResourceStatus IMPORT_ROLLBACK_COMPLETE = new("IMPORT_ROLLBACK_COMPLETE");
    public static readonly ResourceStatus EXPORT_FAILED = new("EXPORT_FAILED");
    public static readonly ResourceStatus EXPORT_COMPLETE = new("EXPORT_COMPLETE");
    public static readonly ResourceStatus EXPORT_IN_PROGRESS = new("EXPORT_IN_PROGRESS");
    public static readonly ResourceStatus EXPORT_ROLLBACK_IN_PROGRESS = new("EXPORT_ROLLBACK_IN_PROGRESS");
    public static readonly ResourceStatus EXPORT_ROLLBACK_FAILED = new("EXPORT_ROLLBACK_FAILED");
    public static readonly ResourceStatus EXPORT_ROLLBACK_COMPLETE = new("EXPORT_ROLLBACK_COMPLETE");
    public static readonly ResourceStatus UPDATE_ROLLBACK_IN_PROGRESS = new("UPDATE_ROLLBACK_IN_PROGRESS");
    public static readonly ResourceStatus UPDATE_ROLLBACK_COMPLETE = new("UPDATE_ROLLBACK_COMPLETE");
    public static readonly ResourceStatus UPDATE_ROLLBACK_FAILED = new("UPDATE_ROLLBACK_FAILED");
    public static readonly ResourceStatus ROLLBACK_IN_PROGRESS = new("ROLLBACK_IN_PROGRESS");
    public static readonly ResourceStatus ROLLBACK_COMPLETE = new("ROLLBACK_COMPLETE");
    public static readonly ResourceStatus ROLLBACK_FAILED = new("ROLLBACK_FAILED");

    public static ResourceStatus FindValue(string value) => FindValue<ResourceStatus>(value);

    public static implicit operator ResourceStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ChangeSetType>))]
public class ChangeSetType(string value) : ConstantClass(value), IConstant<ChangeSetType>
{
    public static readonly ChangeSetType CREATE = new("CREATE");
    public static readonly ChangeSetType UPDATE = new("UPDATE");
    public static readonly ChangeSetType IMPORT = new("IMPORT");

    public static ChangeSetType FindValue(string value) => FindValue<ChangeSetType>(value);

    public static implicit operator ChangeSetType(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<OnStackFailure>))]
public class OnStackFailure(string value) : ConstantClass(value), IConstant<OnStackFailure>
{
    public static readonly OnStackFailure DO_NOTHING = new("DO_NOTHING");
    public static readonly OnStackFailure ROLLBACK = new("ROLLBACK");
    public static readonly OnStackFailure DELETE = new("DELETE");

    public static OnStackFailure FindValue(string value) => FindValue<OnStackFailure>(value);

    public static implicit operator OnStackFailure(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<DeploymentMode>))]
public class DeploymentMode(string value) : ConstantClass(value), IConstant<DeploymentMode>
{
    public static readonly DeploymentMode REVERT_DRIFT = new("REVERT_DRIFT");

    public static DeploymentMode FindValue(string value) => FindValue<DeploymentMode>(value);

    public static implicit operator DeploymentMode(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ExecutionStatus>))]
public class ExecutionStatus(string value) : ConstantClass(value), IConstant<ExecutionStatus>
{
    public static readonly ExecutionStatus UNAVAILABLE = new("UNAVAILABLE");
    public static readonly ExecutionStatus AVAILABLE = new("AVAILABLE");
    public static readonly ExecutionStatus EXECUTE_IN_PROGRESS = new("EXECUTE_IN_PROGRESS");
    public static readonly ExecutionStatus EXECUTE_COMPLETE = new("EXECUTE_COMPLETE");
    public static readonly ExecutionStatus EXECUTE_FAILED = new("EXECUTE_FAILED");
    public static readonly ExecutionStatus OBSOLETE = new("OBSOLETE");

    public static ExecutionStatus FindValue(string value) => FindValue<ExecutionStatus>(value);

    public static implicit operator ExecutionStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ChangeSetStatus>))]
public class ChangeSetStatus(string value) : ConstantClass(value), IConstant<ChangeSetStatus>
{
    public static readonly ChangeSetStatus CREATE_PENDING = new("CREATE_PENDING");
    public static readonly ChangeSetStatus CREATE_IN_PROGRESS = new("CREATE_IN_PROGRESS");
    public static readonly ChangeSetStatus CREATE_COMPLETE = new("CREATE_COMPLETE");
    public static readonly ChangeSetStatus DELETE_PENDING = new("DELETE_PENDING");
    public static readonly ChangeSetStatus DELETE_IN_PROGRESS = new("DELETE_IN_PROGRESS");
    public static readonly ChangeSetStatus DELETE_COMPLETE = new("DELETE_COMPLETE");
    public static readonly ChangeSetStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly ChangeSetStatus FAILED = new("FAILED");

    public static ChangeSetStatus FindValue(string value) => FindValue<ChangeSetStatus>(value);

    public static implicit operator ChangeSetStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ChangeType>))]
public class ChangeType(string value) : ConstantClass(value), IConstant<ChangeType>
{
    public static readonly ChangeType Resource = new("Resource");

    public static ChangeType FindValue(string value) => FindValue<ChangeType>(value);

    public static implicit operator ChangeType(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<PolicyAction>))]
public class PolicyAction(string value) : ConstantClass(value), IConstant<PolicyAction>
{
    public static readonly PolicyAction Delete = new("Delete");
    public static readonly PolicyAction Retain = new("Retain");
    public static readonly PolicyAction Snapshot = new("Snapshot");
    public static readonly PolicyAction ReplaceAndDelete = new("ReplaceAndDelete");
    public static readonly PolicyAction ReplaceAndRetain = new("ReplaceAndRetain");
    public static readonly PolicyAction ReplaceAndSnapshot = new("ReplaceAndSnapshot");

    public static PolicyAction FindValue(string value) => FindValue<PolicyAction>(value);

    public static implicit operator PolicyAction(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ChangeAction>))]
public class ChangeAction(string value) : ConstantClass(value), IConstant<ChangeAction>
{
    public static readonly ChangeAction Add = new("Add");
    public static readonly ChangeAction Modify = new("Modify");
    public static readonly ChangeAction Remove = new("Remove");
    public static readonly ChangeAction Import = new("Import");
    public static readonly ChangeAction Dynamic = new("Dynamic");
    public static readonly ChangeAction SyncWithActual = new("SyncWithActual");

    public static ChangeAction FindValue(string value) => FindValue<ChangeAction>(value);

    public static implicit operator ChangeAction(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<Replacement>))]
public class Replacement(string value) : ConstantClass(value), IConstant<Replacement>
{
    public static readonly Replacement True = new("True");
    public static readonly Replacement False = new("False");
    public static readonly Replacement Conditional = new("Conditional");

    public static Replacement FindValue(string value) => FindValue<Replacement>(value);

    public static implicit operator Replacement(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ResourceAttribute>))]
public class ResourceAttribute(string value) : ConstantClass(value), IConstant<ResourceAttribute>
{
    public static readonly ResourceAttribute Properties = new("Properties");
    public static readonly ResourceAttribute Metadata = new("Metadata");
    public static readonly ResourceAttribute CreationPolicy = new("CreationPolicy");
    public static readonly ResourceAttribute UpdatePolicy = new("UpdatePolicy");
    public static readonly ResourceAttribute DeletionPolicy = new("DeletionPolicy");
    public static readonly ResourceAttribute UpdateReplacePolicy = new("UpdateReplacePolicy");
    public static readonly ResourceAttribute Tags = new("Tags");

    public static ResourceAttribute FindValue(string value) => FindValue<ResourceAttribute>(value);

    public static implicit operator ResourceAttribute(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<EvaluationType>))]
public class EvaluationType(string value) : ConstantClass(value), IConstant<EvaluationType>
{
    public static readonly EvaluationType Static = new("Static");
    public static readonly EvaluationType Dynamic = new("Dynamic");

    public static EvaluationType FindValue(string value) => FindValue<EvaluationType>(value);

    public static implicit operator EvaluationType(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<ChangeSource>))]
public class ChangeSource(string value) : ConstantClass(value), IConstant<ChangeSource>
{
    public static readonly ChangeSource ResourceReference = new("ResourceReference");
    public static readonly ChangeSource ParameterReference = new("ParameterReference");
    public static readonly ChangeSource ResourceAttribute = new("ResourceAttribute");
    public static readonly ChangeSource DirectModification = new("DirectModification");
    public static readonly ChangeSource Automatic = new("Automatic");
    public static readonly ChangeSource NoModification = new("NoModification");

    public static ChangeSource FindValue(string value) => FindValue<ChangeSource>(value);

    public static implicit operator ChangeSource(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<RequiresRecreation>))]
public class RequiresRecreation(string value) : ConstantClass(value), IConstant<RequiresRecreation>
{
    public static readonly RequiresRecreation Never = new("Never");
    public static readonly RequiresRecreation Conditionally = new("Conditionally");
    public static readonly RequiresRecreation Always = new("Always");

    public static RequiresRecreation FindValue(string value) => FindValue<RequiresRecreation>(value);

    public static implicit operator RequiresRecreation(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<AttributeChangeType>))]
public class AttributeChangeType(string value) : ConstantClass(value), IConstant<AttributeChangeType>
{
    public static readonly AttributeChangeType Add = new("Add");
    public static readonly AttributeChangeType Remove = new("Remove");
    public static readonly AttributeChangeType Modify = new("Modify");
    public static readonly AttributeChangeType SyncWithActual = new("SyncWithActual");

    public static AttributeChangeType FindValue(string value) => FindValue<AttributeChangeType>(value);

    public static implicit operator AttributeChangeType(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<TemplateStage>))]
public class TemplateStage(string value) : ConstantClass(value), IConstant<TemplateStage>
{
    public static readonly TemplateStage Original = new("Original");
    public static readonly TemplateStage Processed = new("Processed");

    public static TemplateStage FindValue(string value) => FindValue<TemplateStage>(value);

    public static implicit operator TemplateStage(string value) => FindValue(value);
}
