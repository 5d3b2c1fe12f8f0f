using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront.Api;

/// <summary>The CloudFront API (REST-XML, 2020-05-31) as far as distributions and their invalidations go.</summary>
internal sealed class CloudFrontService(CloudFrontStore store, DistributionManager manager, ILogger<CloudFrontService> logger) : IAwsService
{
    private const string Version = "2020-05-31";

    public string SigningName => "cloudfront";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RunAsync(context);
        }
        catch (CloudFrontException error)
        {
            await FailAsync(context, error);
        }
        catch (ResourceException error)
        {
            await FailAsync(context, CloudFrontException.InvalidArgument(error.Message));
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "CloudFront {Method} {Path} failed", context.Request.Method, context.Request.Path);
            await FailAsync(context, new CloudFrontException(500, "InternalError", "The local cloud's CloudFront failed; its log says why."));
        }
    }

    private Task RunAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Trim('/').Split('/');
        var (name, run) = (context.Request.Method, parts) switch
        {
            ("GET", [Version, "distribution"]) => ("ListDistributions", ListDistributionsAsync),
            ("POST", [Version, "distribution"]) => ("CreateDistribution", CreateAsync),
            ("GET", [Version, "distribution", var id]) => ("GetDistribution", http => GetAsync(http, id)),
            ("GET", [Version, "distribution", var id, "config"]) => ("GetDistributionConfig", http => GetConfigAsync(http, id)),
            ("PUT", [Version, "distribution", var id, "config"]) => ("UpdateDistribution", http => UpdateAsync(http, id)),
            ("DELETE", [Version, "distribution", var id]) => ("DeleteDistribution", http => DeleteAsync(http, id)),
            ("POST", [Version, "distribution", var id, "invalidation"]) => ("CreateInvalidation", http => InvalidateAsync(http, id)),
            ("GET", [Version, "distribution", var id, "invalidation"]) => ("ListInvalidations", http => ListInvalidationsAsync(http, id)),
            ("GET", [Version, "distribution", var id, "invalidation", var invalidation]) => ("GetInvalidation", http => GetInvalidationAsync(http, id, invalidation)),
            _ => ($"{context.Request.Method} {context.Request.Path}", (Func<HttpContext, Task>)(_ =>
                throw new CloudFrontException(501, "NotImplemented", "The local cloud's CloudFront API has distributions and invalidations. Everything else is made by CloudFormation."))),
        };
        context.NameOperation(name);
        return run(context);
    }

    private Task ListDistributionsAsync(HttpContext context) =>
        ListAsync(context, "DistributionList", store.Current.Distributions, distribution => distribution.Id, CloudFrontXml.Summary);

    private async Task CreateAsync(HttpContext context)
    {
        var distribution = await manager.CreateAsync(await ReadConfigAsync(context), context.RequestAborted);
        context.Response.Headers.Location = $"/{Version}/distribution/{distribution.Id}";
        context.Response.Headers.ETag = distribution.ETag;
        await AnswerAsync(context, CloudFrontXml.Distribution(distribution), StatusCodes.Status201Created);
    }

    private Task GetAsync(HttpContext context, string id)
    {
        var distribution = manager.Get(id);
        context.Response.Headers.ETag = distribution.ETag;
        return AnswerAsync(context, CloudFrontXml.Distribution(distribution));
    }

    private Task GetConfigAsync(HttpContext context, string id)
    {
        var distribution = manager.Get(id);
        context.Response.Headers.ETag = distribution.ETag;
        return AnswerAsync(context, CloudFrontXml.Config(distribution.Config));
    }

    private async Task UpdateAsync(HttpContext context, string id)
    {
        RequireVersion(context, manager.Get(id));
        var distribution = manager.Update(id, await ReadConfigAsync(context));
        context.Response.Headers.ETag = distribution.ETag;
        await AnswerAsync(context, CloudFrontXml.Distribution(distribution));
    }

    private async Task DeleteAsync(HttpContext context, string id)
    {
        var distribution = manager.Get(id);
        RequireVersion(context, distribution);
        if (distribution.Config.Enabled)
        {
            throw new CloudFrontException(409, "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.");
        }

        await manager.DeleteAsync(id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task InvalidateAsync(HttpContext context, string id)
    {
        var batch = await ReadAsync(context, "InvalidationBatch");
        var paths = batch.Element("Paths")?.Element("Items")?.Elements("Path").Select(path => path.Value).ToList() ?? [];
        if (batch.Element("Paths")?.Element("Quantity")?.Value != paths.Count.ToString())
        {
            throw new CloudFrontException(400, "InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
        }

        var invalidation = manager.Invalidate(id, batch.Element("CallerReference")?.Value ?? "", paths);
        context.Response.Headers.Location = $"/{Version}/distribution/{id}/invalidation/{invalidation.Id}";
        await AnswerAsync(context, CloudFrontXml.Invalidation(invalidation), StatusCodes.Status201Created);
    }

    private Task ListInvalidationsAsync(HttpContext context, string id) => ListAsync(
        context, "InvalidationList", manager.Get(id).Invalidations, invalidation => invalidation.Id,
        invalidation => CloudFrontXml.Element(
            "InvalidationSummary",
            CloudFrontXml.Element("Id", invalidation.Id), CloudFrontXml.Element("CreateTime", CloudFrontXml.Time(invalidation.CreateTime)), CloudFrontXml.Element("Status", "Completed")));

    private Task GetInvalidationAsync(HttpContext context, string id, string invalidation) => AnswerAsync(
        context,
        CloudFrontXml.Invalidation(manager.Get(id).Invalidations.FirstOrDefault(known => known.Id == invalidation) ?? throw CloudFrontException.NoSuchInvalidation()));

    /// <summary>One page: MaxItems (a number, 100 at most) after the item with the id Marker.</summary>
    private static Task ListAsync<T>(HttpContext context, string root, IReadOnlyList<T> all, Func<T, string> idOf, Func<T, XElement> describe)
    {
        var marker = context.Request.Query["Marker"].ToString();
        var max = int.TryParse(context.Request.Query["MaxItems"], out var asked) ? Math.Clamp(asked, 1, 100) : 100;
        var rest = marker.Length == 0 ? all : [.. all.SkipWhile(item => idOf(item) != marker).Skip(1)];
        var page = rest.Take(max).ToList();
        var list = CloudFrontXml.Element(
            root,
            CloudFrontXml.Element("Marker", marker),
            CloudFrontXml.Element("MaxItems", max),
            CloudFrontXml.Element("IsTruncated", page.Count < rest.Count),
            CloudFrontXml.Element("Quantity", page.Count));
        if (page.Count > 0)
        {
            list.Add(CloudFrontXml.Element("Items", [.. page.Select(describe)]));
        }

        if (page.Count < rest.Count)
        {
            list.Add(CloudFrontXml.Element("NextMarker", idOf(page[^1])));
        }

        return AnswerAsync(context, list);
    }

    private static async Task<DistributionConfig> ReadConfigAsync(HttpContext context)
    {
        var document = await ReadAsync(context, "DistributionConfig");

        // Lists that the API wants stated even when they are empty, and objects that only say "none".
        foreach (var element in document.Descendants().Where(element => element.Name.LocalName is "OriginGroups" && element.Element("Quantity")?.Value == "0").ToList())
        {
            element.Remove();
        }

        foreach (var element in document.Descendants().Where(element => element.Name.LocalName is "FieldLevelEncryptionId" or "ContinuousDeploymentPolicyId" && element.Value.Length == 0).ToList())
        {
            element.Remove();
        }

        document.Element("Restrictions")?.Element("GeoRestriction")?.Element("Quantity")?.Remove();
        return TemplateReader.Distribution((JsonObject)CloudFrontXml.ToTemplate(document));
    }

    private static async Task<XElement> ReadAsync(HttpContext context, string root)
    {
        try
        {
            var document = await XElement.LoadAsync(context.Request.Body, LoadOptions.None, context.RequestAborted);
            foreach (var element in document.DescendantsAndSelf())
            {
                element.Name = element.Name.LocalName;
            }

            return document.Name == root ? document : throw CloudFrontException.MalformedInput();
        }
        catch (XmlException)
        {
            throw CloudFrontException.MalformedInput();
        }
    }

    private static void RequireVersion(HttpContext context, Distribution distribution)
    {
        var version = context.Request.Headers.IfMatch.ToString().Trim('"');
        if (version.Length == 0)
        {
            throw new CloudFrontException(400, "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.");
        }

        if (version != distribution.ETag)
        {
            throw new CloudFrontException(412, "PreconditionFailed", "The request failed because it didn't meet the preconditions in one or more request-header fields.");
        }
    }

    private static Task FailAsync(HttpContext context, CloudFrontException error) => AnswerAsync(
        context,
        CloudFrontXml.Element(
            "ErrorResponse",
            CloudFrontXml.Element("Error", CloudFrontXml.Element("Type", error.Status < 500 ? "Sender" : "Receiver"), CloudFrontXml.Element("Code", error.Code), CloudFrontXml.Element("Message", error.Message)),
            CloudFrontXml.Element("RequestId", context.TraceIdentifier)),
        error.Status);

    private static async Task AnswerAsync(HttpContext context, XElement document, int status = StatusCodes.Status200OK)
    {
        var bytes = Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.ToString(SaveOptions.DisableFormatting));
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers["x-amzn-RequestId"] = context.TraceIdentifier;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
