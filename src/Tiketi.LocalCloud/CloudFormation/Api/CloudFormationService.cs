using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>The CloudFormation API, version 2010-05-15.</summary>
internal sealed class CloudFormationService : QueryService
{
    private const int PageSize = 100;

    private readonly StackEngine _engine;
    private readonly ChangeSets _changeSets;
    private readonly StackRequests _requests;

    public CloudFormationService(StackEngine engine, ChangeSets changeSets, StackRequests requests, DriftActions drift)
    {
        (_engine, _changeSets, _requests) = (engine, changeSets, requests);
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["CreateStack"] = async (request, cancellation) => Element("StackId", _engine.Create(await _requests.ReadAsync(request, cancellation))),
            ["UpdateStack"] = async (request, cancellation) => Element("StackId", _engine.Update(await _requests.ReadAsync(request, cancellation))),
            ["DeleteStack"] = Answer(DeleteStack),
            ["ContinueUpdateRollback"] = Answer(request => Done(() => _engine.ContinueUpdateRollback(StackOf(request)), Array.Empty<object>())),
            ["UpdateTerminationProtection"] = Answer(request => Element("StackId", _engine.SetTerminationProtection(StackOf(request), request.Flag("EnableTerminationProtection")))),
            ["SetStackPolicy"] = Answer(request => Done(() => _engine.SetPolicy(StackOf(request), request.Required("StackPolicyBody")), null)),
            ["GetStackPolicy"] = Answer(request => new[] { Optional("StackPolicyBody", StackOf(request).Policy) }),
            ["DescribeStacks"] = Answer(DescribeStacks),
            ["ListStacks"] = Answer(ListStacks),
            ["DescribeStackEvents"] = Answer(DescribeStackEvents),
            ["DescribeStackResources"] = Answer(DescribeStackResources),
            ["DescribeStackResource"] = Answer(DescribeStackResource),
            ["ListStackResources"] = Answer(ListStackResources),
            ["GetTemplate"] = Answer(GetTemplate),
            ["GetTemplateSummary"] = async (request, cancellation) => TemplateXml.Summary(await TemplateOfAsync(request, cancellation), _engine.Services.Providers),
            ["ValidateTemplate"] = async (request, cancellation) => TemplateXml.Validation(await TemplateOfAsync(request, cancellation)),
            ["CreateChangeSet"] = CreateChangeSetAsync,
            ["DescribeChangeSet"] = Answer(DescribeChangeSet),
            ["ExecuteChangeSet"] = Answer(request => Done(
                () => _changeSets.Execute(Stacks(request), request.Required("ChangeSetName"), request["StackName"], request["ClientRequestToken"], request.Flag("DisableRollback")), Array.Empty<object>())),
            ["DeleteChangeSet"] = Answer(request => Done(() => _changeSets.Delete(Stacks(request), request.Required("ChangeSetName"), request["StackName"]), Array.Empty<object>())),
            ["ListChangeSets"] = Answer(ListChangeSets),
            ["ListExports"] = Answer(request => Members("Exports", Stacks(request).Exports().Select(export =>
                (object)new[] { Element("ExportingStackId", export.Stack.StackId), Element("Name", export.Name), Element("Value", export.Value) }))),
            ["ListImports"] = Answer(ListImports),
            ["DetectStackDrift"] = Answer(drift.DetectStackDrift),
            ["DescribeStackDriftDetectionStatus"] = Answer(drift.DescribeStackDriftDetectionStatus),
            ["DescribeStackResourceDrifts"] = Answer(drift.DescribeStackResourceDrifts),
        };
    }

    public override string SigningName => "cloudformation";

    protected override XNamespace Namespace => "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private static Func<QueryRequest, CancellationToken, Task<object?>> Answer(Func<QueryRequest, object?> action) =>
        (request, _) => Task.FromResult(action(request));

    private static object? Done(Action action, object? answer)
    {
        action();
        return answer;
    }

    /// <summary>One page of a list and the token of the next.</summary>
    private static (IEnumerable<T> Items, XElement? NextToken) Page<T>(QueryRequest request, IReadOnlyCollection<T> all)
    {
        var start = request.Number("NextToken") ?? 0;
        return (all.Skip(start).Take(PageSize), start + PageSize < all.Count ? Element("NextToken", start + PageSize) : null);
    }

    /// <summary>The stacks of the region that the request is signed for.</summary>
    private RegionalStacks Stacks(QueryRequest request) => _engine.Services.StacksIn(request.Region);

    private StackRecord StackOf(QueryRequest request) => Stacks(request).Get(request.Required("StackName"));

    private object? DeleteStack(QueryRequest request)
    {
        // A stack that does not exist is as good as deleted.
        if (Stacks(request).Find(request.Required("StackName")) is not { } stack)
        {
            return null;
        }

        _engine.Delete(stack, request.List("RetainResources") ?? [], request["ClientRequestToken"]);
        return null;
    }

    private object DescribeStacks(QueryRequest request)
    {
        var stacks = request["StackName"] is { } name ? [Stacks(request).Get(name)] : Stacks(request).All.Where(stack => stack.Status != StackStatus.DeleteComplete).ToList();
        var (page, next) = Page(request, stacks);
        return new object?[] { Members("Stacks", page.Select(StackXml.Describe)), next };
    }

    private object ListStacks(QueryRequest request)
    {
        var filter = request.List("StackStatusFilter") ?? [];
        var (page, next) = Page(request, [.. Stacks(request).All.Where(stack => filter.Count == 0 || filter.Contains(stack.Status))]);
        return new object?[] { Members("StackSummaries", page.Select(StackXml.Summarize)), next };
    }

    private object DescribeStackEvents(QueryRequest request)
    {
        var stack = Stacks(request).Find(request.Required("StackName")) ?? throw QueryException.Validation($"Stack [{request["StackName"]}] does not exist");
        lock (stack.Sync)
        {
            var (page, next) = Page(request, [.. stack.Events.AsEnumerable().Reverse()]);
            return new object?[] { Members("StackEvents", page.Select(happened => StackXml.Event(stack, happened)).ToList()), next };
        }
    }

    private object DescribeStackResources(QueryRequest request)
    {
        var physical = request["PhysicalResourceId"];
        var stack = request["StackName"] is { } name ? Stacks(request).Find(name) ?? throw QueryException.Validation($"Stack with id {name} does not exist")
            : Stacks(request).All.FirstOrDefault(candidate => candidate.Resources.Values.Any(resource => resource.PhysicalId == physical))
                ?? throw QueryException.Validation($"Stack for {physical} does not exist");
        var wanted = request["LogicalResourceId"];
        return Members("StackResources", stack.Resources.Values.Where(resource => wanted is null || resource.LogicalId == wanted).Select(resource => StackXml.Resource(stack, resource)));
    }

    private object DescribeStackResource(QueryRequest request)
    {
        var stack = Stacks(request).Find(request.Required("StackName")) ?? throw QueryException.Validation($"Stack '{request["StackName"]}' does not exist");
        var logicalId = request.Required("LogicalResourceId");
        return stack.Resources.GetValueOrDefault(logicalId) is { } resource
            ? new XElement("StackResourceDetail", StackXml.ResourceDetail(stack, resource))
            : throw QueryException.Validation($"Resource {logicalId} does not exist for stack {stack.StackName}");
    }

    private object ListStackResources(QueryRequest request)
    {
        var stack = Stacks(request).Get(request.Required("StackName"));
        var (page, next) = Page(request, stack.Resources.Values);
        return new object?[] { Members("StackResourceSummaries", page.Select(resource => StackXml.ResourceSummary(stack, resource))), next };
    }

    private object GetTemplate(QueryRequest request)
    {
        var changeSet = request["ChangeSetName"];
        var body = changeSet is null
            ? Stacks(request).Get(request.Required("StackName")).Input?.TemplateBody ?? throw QueryException.Validation($"Stack [{request["StackName"]}] has no template yet: it is in REVIEW_IN_PROGRESS")
            : _changeSets.Get(Stacks(request), changeSet, request["StackName"]).ChangeSet.Input.TemplateBody;
        return new object[] { Element("TemplateBody", body), Members("StagesAvailable", ["Original", "Processed"]) };
    }

    private async Task<Template> TemplateOfAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var body = request["StackName"] is { } stackName
            ? Stacks(request).Get(stackName).Input?.TemplateBody
            : await _requests.TemplateBodyAsync(request, cancellationToken);
        var template = Template.Parse(body ?? throw QueryException.Validation("Either Template URL or Template Body must be specified."));
        TemplateValidation.Validate(template, _engine.Services.Providers.Has);
        return template;
    }

    private async Task<object?> CreateChangeSetAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var (stack, changeSet) = _changeSets.Create(
            await _requests.ReadAsync(request, cancellationToken),
            request.Required("ChangeSetName"),
            request["ChangeSetType"] ?? "UPDATE",
            request["Description"]);
        return new[] { Element("Id", changeSet.Id), Element("StackId", stack.StackId) };
    }

    private object DescribeChangeSet(QueryRequest request)
    {
        var (stack, changeSet) = _changeSets.Get(Stacks(request), request.Required("ChangeSetName"), request["StackName"]);
        return ChangeSetXml.Describe(stack, changeSet, request.Flag("IncludePropertyValues"));
    }

    private object ListChangeSets(QueryRequest request)
    {
        var stack = Stacks(request).Find(request.Required("StackName")) ?? throw QueryException.Validation($"Stack [{request["StackName"]}] does not exist");
        return Members("Summaries", stack.ChangeSets.Select(changeSet => ChangeSetXml.Summary(stack, changeSet)));
    }

    private object ListImports(QueryRequest request)
    {
        var name = request.Required("ExportName");
        var importers = Stacks(request).ImportersOf(name);
        return importers.Count > 0 ? Members("Imports", importers) : throw QueryException.Validation($"Export '{name}' is not imported by any stack.");
    }
}
