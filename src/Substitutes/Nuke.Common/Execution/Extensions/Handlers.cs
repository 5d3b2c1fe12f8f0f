#nullable disable

namespace Nuke.Common.Execution;

/// <summary>Keeps build.schema.json current and answers --completion.</summary>
internal sealed class HandleShellCompletionAttribute : BuildExtensionAttributeBase;

/// <summary>Keeps generated CI configuration current.</summary>
internal sealed class GenerateConfigurationsAttribute : BuildExtensionAttributeBase;

/// <summary>Answers --plan.</summary>
internal sealed class HandlePlanRequestsAttribute : BuildExtensionAttributeBase;

/// <summary>Answers --help.</summary>
internal sealed class HandleHelpRequestsAttribute : BuildExtensionAttributeBase;
