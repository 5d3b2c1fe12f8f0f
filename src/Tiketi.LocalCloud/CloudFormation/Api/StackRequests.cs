using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>Reads the parameters that CreateStack, UpdateStack and CreateChangeSet share; fetches a template that is given by address.</summary>
internal sealed class StackRequests(HttpClient http)
{
    public async Task<StackRequest> ReadAsync(QueryRequest request, CancellationToken cancellationToken) => new()
    {
        Region = request.Region,
        StackName = request.Required("StackName"),
        TemplateBody = await TemplateBodyAsync(request, cancellationToken),
        UsePreviousTemplate = request.Flag("UsePreviousTemplate"),
        Parameters = [.. (request.Structures("Parameters") ?? []).Select(parameter =>
            new GivenParameter(parameter.Required("ParameterKey"), parameter.Has("ParameterValue") ? parameter["ParameterValue"] ?? "" : null, parameter.Flag("UsePreviousValue")))],
        Capabilities = request.List("Capabilities") ?? [],
        Tags = request.Structures("Tags")?.ToDictionary(tag => tag.Required("Key"), tag => tag["Value"] ?? "", StringComparer.Ordinal),
        NotificationArns = request.List("NotificationARNs"),
        RoleArn = request["RoleARN"],
        ClientRequestToken = request["ClientRequestToken"],
        DisableRollback = request.Flag("DisableRollback") || request["OnFailure"] == "DO_NOTHING" || request["OnStackFailure"] == "DO_NOTHING",
        DeleteOnFailure = request["OnFailure"] == "DELETE" || request["OnStackFailure"] == "DELETE",
        TerminationProtection = request.Flag("EnableTerminationProtection"),
        Policy = request["StackPolicyBody"],
        ResourcesToImport = [.. (request.Structures("ResourcesToImport") ?? []).Select(resource => new ResourceToImport(
            resource.Required("LogicalResourceId"), resource.Required("ResourceType"),
            (resource.Structures("ResourceIdentifier") ?? []).ToDictionary(entry => entry.Required("key"), entry => entry["value"] ?? "", StringComparer.Ordinal)))],
    };

    /// <summary>The template in the request, or fetched from its TemplateURL; null when it has neither.</summary>
    public async Task<string?> TemplateBodyAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        if (request["TemplateBody"] is { } body)
        {
            return System.Text.Encoding.UTF8.GetByteCount(body) <= StackInputs.MaximumTemplateBody ? body
                : throw QueryException.Validation($"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {StackInputs.MaximumTemplateBody}");
        }

        return request["TemplateURL"] is { } url ? await FetchAsync(url, cancellationToken) : null;
    }

    /// <exception cref="QueryException">There is nothing at that address.</exception>
    public async Task<string> FetchAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetStringAsync(new Uri(url), cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException or NotSupportedException)
        {
            throw QueryException.Validation($"S3 error: {error.Message} For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html ({url})");
        }
    }
}
