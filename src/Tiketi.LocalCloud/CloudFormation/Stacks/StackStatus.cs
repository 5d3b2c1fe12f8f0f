namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>CloudFormation's stack and resource statuses that the engine uses.</summary>
internal static class StackStatus
{
    public const string ReviewInProgress = "REVIEW_IN_PROGRESS";
    public const string CreateInProgress = "CREATE_IN_PROGRESS";
    public const string CreateComplete = "CREATE_COMPLETE";
    public const string CreateFailed = "CREATE_FAILED";
    public const string RollbackInProgress = "ROLLBACK_IN_PROGRESS";
    public const string RollbackComplete = "ROLLBACK_COMPLETE";
    public const string RollbackFailed = "ROLLBACK_FAILED";
    public const string UpdateInProgress = "UPDATE_IN_PROGRESS";
    public const string UpdateCleanup = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";
    public const string UpdateComplete = "UPDATE_COMPLETE";
    public const string UpdateFailed = "UPDATE_FAILED";
    public const string UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS";
    public const string UpdateRollbackCleanup = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS";
    public const string UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE";
    public const string UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED";
    public const string DeleteInProgress = "DELETE_IN_PROGRESS";
    public const string DeleteComplete = "DELETE_COMPLETE";
    public const string DeleteFailed = "DELETE_FAILED";
    public const string ImportInProgress = "IMPORT_IN_PROGRESS";
    public const string ImportComplete = "IMPORT_COMPLETE";
    public const string ImportFailed = "IMPORT_FAILED";
    public const string ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS";
    public const string ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE";
    public const string ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED";
    public const string DeleteSkipped = "DELETE_SKIPPED";

    /// <summary>An update may start from here.</summary>
    public static bool IsUpdatable(string status) => status is CreateComplete or UpdateComplete or UpdateRollbackComplete or ImportComplete or ImportRollbackComplete;

    public static bool IsInProgress(string status) => status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) && status != ReviewInProgress;
}
