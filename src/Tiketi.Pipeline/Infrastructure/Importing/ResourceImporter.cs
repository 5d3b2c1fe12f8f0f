using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Infrastructure.Importing;

/// <summary>What ImportInfra did to one stack.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Imported">What it took over.</param>
public sealed record StackImport(string Name, string StackName, IReadOnlyList<ImportedResource> Imported);

/// <summary>
/// Takes resources that were made by hand into the stacks of infra/, with all that is in them, stack by stack. The resources are
/// not touched; ApplyInfra then makes what is missing.
/// </summary>
/// <param name="cloudFormationIn">CloudFormation of a region; null: the environment's own.</param>
/// <param name="logger">What happens that no result tells.</param>
/// <param name="time">The clock of the waits.</param>
public sealed class ResourceImporter(Func<string?, IAmazonCloudFormation> cloudFormationIn, ILogger<ResourceImporter> logger, TimeProvider time)
{
    /// <summary>
    /// What <see cref="ImportAsync"/> would take over: the resources given, less those that are in their stacks already. Changes nothing.
    /// </summary>
    /// <exception cref="PipelineException">A stack or resource is not in infra/, or refers to one that neither is there nor imported.</exception>
    public async Task<IReadOnlyList<ImportedResource>> PlanAsync(
        InfrastructureRequest request, IReadOnlyCollection<ImportedResource> resources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(resources);
        if (resources.FirstOrDefault(resource => request.Stacks.All(stack => stack.Name != resource.Stack)) is { } stray)
        {
            throw new PipelineException(
                $"{stray.LogicalId} is to go into stack {stray.Stack}, which environment {request.Environment} does not have.",
                $"Stacks there are: {string.Join(", ", request.Stacks.Select(stack => stack.Name))}.");
        }

        var plan = new List<ImportedResource>();
        foreach (var template in request.Stacks)
        {
            var deployed = await DeployedAsync(Context(request, template), cancellationToken).ConfigureAwait(false);
            var wanted = resources.Where(resource => resource.Stack == template.Name && !deployed.Resources.Contains(resource.LogicalId)).ToList();
            _ = ImportTemplate.Build(template.File, TemplateJson.Read(template.File, template.Body), deployed.Template, [.. wanted.Select(resource => resource.LogicalId)]);
            plan.AddRange(wanted);
        }

        return plan;
    }

    /// <summary>Imports, those stacks first that others need.</summary>
    /// <exception cref="PipelineException">CloudFormation refuses: the resource is not there, is another stack's, or is not what the template says.</exception>
    public async Task<IReadOnlyList<StackImport>> ImportAsync(
        InfrastructureRequest request, IReadOnlyCollection<ImportedResource> resources, CancellationToken cancellationToken = default)
    {
        var plan = await PlanAsync(request, resources, cancellationToken).ConfigureAwait(false);
        var done = new List<StackImport>();
        foreach (var template in request.Stacks)
        {
            var wanted = plan.Where(resource => resource.Stack == template.Name).ToList();
            if (wanted.Count > 0)
            {
                var context = Context(request, template);
                await ImportIntoAsync(context, wanted, cancellationToken).ConfigureAwait(false);
                done.Add(new StackImport(template.Name, context.StackName, wanted));
            }
        }

        return done;
    }

    private async Task ImportIntoAsync(StackContext context, List<ImportedResource> wanted, CancellationToken cancellationToken)
    {
        var stack = await context.SettledAsync(cancellationToken).ConfigureAwait(false);
        var deployed = await DeployedAsync(context, cancellationToken).ConfigureAwait(false);
        var infra = TemplateJson.Read(context.Template.File, context.Template.Body);
        var template = ImportTemplate.Build(context.Template.File, infra, deployed.Template, [.. wanted.Select(resource => resource.LogicalId)]);
        var exists = stack is not null && stack.StackStatus != StackStatus.REVIEW_IN_PROGRESS;
        var changeSet = ChangeSetOf(context, template, stack, await IdentifyAsync(context, template, wanted, cancellationToken).ConfigureAwait(false));
        await ExecuteAsync(context, changeSet, ChangeSetType.IMPORT, changes => RequireOnlyImports(context, changes, wanted), StackStatus.IMPORT_COMPLETE, withNewStack: !exists, cancellationToken).ConfigureAwait(false);

        // Outputs come in an operation of their own; other stacks may wait for what they export.
        var imported = await context.FindAsync(cancellationToken).ConfigureAwait(false);
        var outputs = ChangeSetOf(context, ImportTemplate.WithOutputs(template, infra), imported, toImport: null);
        await ExecuteAsync(context, outputs, ChangeSetType.UPDATE, changes => RequireNoChange(context, changes), StackStatus.UPDATE_COMPLETE, withNewStack: false, cancellationToken).ConfigureAwait(false);
    }

    private static ChangeSet ChangeSetOf(StackContext context, JsonObject template, Stack? stack, List<ResourceToImport>? toImport)
    {
        var parameters = context.Request.ParametersOf(
            context.Template, new Dictionary<string, StackOutputs>(StringComparer.Ordinal), [.. (stack?.Parameters ?? []).Select(parameter => parameter.ParameterKey)]);
        return new ChangeSet(context with { Template = context.Template with { Body = template.ToJsonString() } }, parameters) { ResourcesToImport = toImport };
    }

    private static async Task ExecuteAsync(
        StackContext context, ChangeSet changeSet, ChangeSetType type, Action<IReadOnlyList<ResourceChange>> check, StackStatus success, bool withNewStack, CancellationToken cancellationToken)
    {
        try
        {
            if (await changeSet.CreateAsync(type, cancellationToken).ConfigureAwait(false) is not { } changes)
            {
                await changeSet.DiscardAsync(withNewStack: false).ConfigureAwait(false);
                return;
            }

            check(changes);
        }
        catch
        {
            await changeSet.DiscardAsync(withNewStack).ConfigureAwait(false);
            throw;
        }

        var follower = context.Follower(changeSet.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await changeSet.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        var stack = await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false);
        if (stack?.StackStatus != success)
        {
            throw await StackFailure.ExplainAsync(context, stack?.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireOnlyImports(StackContext context, IReadOnlyList<ResourceChange> changes, List<ImportedResource> wanted)
    {
        var others = changes.Where(change => change.Action != ChangeAction.Import || wanted.TrueForAll(resource => resource.LogicalId != change.LogicalResourceId)).ToList();
        if (others.Count > 0)
        {
            throw new PipelineException(
                $"Stack {context.StackName}: CloudFormation would also {string.Join(", ", others.Select(change => $"{change.Action} {change.LogicalResourceId}"))}; nothing was imported.",
                "Run PlanInfra to see what differs, ApplyInfra to bring the stack to its template; then import.");
        }
    }

    private static void RequireNoChange(StackContext context, IReadOnlyList<ResourceChange> changes)
    {
        if (changes.Any(change => change.Replacement == Replacement.True || change.Action == ChangeAction.Remove))
        {
            throw new PipelineException($"Stack {context.StackName}: its outputs cannot be added without changing a resource.", "Run PlanInfra to see what differs.");
        }
    }

    /// <summary>Names the properties that identify each resource, which CloudFormation tells for every type.</summary>
    private async Task<List<ResourceToImport>> IdentifyAsync(StackContext context, JsonObject template, List<ImportedResource> wanted, CancellationToken cancellationToken)
    {
        var summary = await context.CloudFormation.GetTemplateSummaryAsync(new GetTemplateSummaryRequest { TemplateBody = template.ToJsonString() }, cancellationToken).ConfigureAwait(false);
        return [.. wanted.Select(resource =>
        {
            var type = template["Resources"]![resource.LogicalId]!["Type"]!.ToString();
            var names = (summary.ResourceIdentifierSummaries ?? []).FirstOrDefault(known => known.ResourceType == type)?.ResourceIdentifiers
                ?? throw new PipelineException($"{context.Template.File}: CloudFormation imports no {type} ({resource.LogicalId}).", "Leave it out of the map: delete it by hand, or let ApplyInfra make it under another name.");
            var identifier = resource.Identifier.ContainsKey("") && names.Count == 1
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [names[0]] = resource.Shown }
                : resource.Identifier.ToDictionary(StringComparer.Ordinal);
            return identifier.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(names)
                ? new ResourceToImport { LogicalResourceId = resource.LogicalId, ResourceType = type, ResourceIdentifier = identifier }
                : throw new PipelineException($"{resource.LogicalId} ({type}) is identified by {string.Join(" and ", names)}.", $"Write {resource.LogicalId}: {{ {string.Join(", ", names.Select(name => name + ": VALUE"))} }} in the map.");
        })];
    }

    private static async Task<(JsonObject? Template, IReadOnlySet<string> Resources)> DeployedAsync(StackContext context, CancellationToken cancellationToken)
    {
        var stack = await context.FindAsync(cancellationToken).ConfigureAwait(false);
        if (stack is null || stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
        {
            return (null, new HashSet<string>(StringComparer.Ordinal));
        }

        var body = await context.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var template = TemplateJson.Read(context.StackName, body.TemplateBody);
        return (template, (template["Resources"] as JsonObject ?? []).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal));
    }

    private StackContext Context(InfrastructureRequest request, StackTemplate template) =>
        new(cloudFormationIn(template.Metadata.Region), logger, time, request, template, transition => request.Progress?.Invoke(transition));
}
