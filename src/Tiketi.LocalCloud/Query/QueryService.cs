using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Query;

/// <summary>An AWS API in the Query protocol: form parameters in, XML out.</summary>
internal abstract class QueryService : IAwsService
{
    public abstract string SigningName { get; }

    protected abstract XNamespace Namespace { get; }

    /// <summary>What each action answers: the content of its <c>ActionResult</c> element; null for an action without a result.</summary>
    protected abstract IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    public virtual async Task HandleAsync(HttpContext context)
    {
        var requestId = Guid.NewGuid().ToString();
        var request = await QueryRequest.ReadAsync(context);
        XElement answer;
        try
        {
            var action = Actions.GetValueOrDefault(request.Action)
                ?? throw new QueryException("InvalidAction", $"The local cloud's {SigningName} has no action '{request.Action}'. It speaks: {string.Join(", ", Actions.Keys.Order(StringComparer.Ordinal))}.");
            answer = Success(request.Action, await action(request, context.RequestAborted), requestId);
        }
        catch (QueryException refusal)
        {
            context.Response.StatusCode = refusal.StatusCode;
            answer = Failure(refusal, requestId);
        }

        context.Response.ContentType = "text/xml";
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        await context.Response.WriteAsync(answer.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    protected virtual XElement Success(string action, object? result, string requestId) => InNamespace(new XElement(
        action + "Response",
        result is null ? null : new XElement(action + "Result", result),
        new XElement("ResponseMetadata", new XElement("RequestId", requestId))));

    protected virtual XElement Failure(QueryException refusal, string requestId) => InNamespace(new XElement(
        "ErrorResponse",
        new XElement("Error", new XElement("Type", "Sender"), new XElement("Code", refusal.Code), new XElement("Message", refusal.Message)),
        new XElement("RequestId", requestId)));

    protected XElement InNamespace(XElement root)
    {
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = Namespace + element.Name.LocalName;
        }

        return root;
    }
}
