using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Api;

/// <summary>The members of a JSON-RPC request.</summary>
internal sealed class EcrArguments(JsonObject body)
{
    public string Repository => Required("repositoryName");

    public string? Text(string name) => body[name]?.GetValue<string>();

    public bool Flag(string name) => body[name]?.GetValue<bool>() ?? false;

    public int? Number(string name) => body[name]?.GetValue<int>();

    public EcrArguments Object(string name) => new(body[name]?.AsObject() ?? []);

    public IReadOnlyList<EcrArguments> Objects(string name) => body[name] is JsonArray array ? [.. array.Select(item => new EcrArguments(item!.AsObject()))] : [];

    public IReadOnlyList<string> Texts(string name) => body[name] is JsonArray array ? [.. array.Select(item => item!.GetValue<string>())] : [];

    public bool Has(string name) => body[name] is not null;

    /// <exception cref="EcrException">InvalidParameterException.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } value
        ? value
        : throw EcrException.InvalidParameter($"Invalid parameter at '{name}' failed to satisfy constraint: 'Member must not be null'");

    /// <summary>Only this account has a registry here.</summary>
    /// <exception cref="EcrException">RepositoryNotFoundException.</exception>
    public void RequireOwnRegistry()
    {
        if (Text("registryId") is { } id && id != LocalCloudSettings.AccountId)
        {
            throw new EcrException("RepositoryNotFoundException", $"The repository with name '{Text("repositoryName")}' does not exist in the registry with id '{id}'");
        }
    }

    /// <summary>One page of a list: <c>maxResults</c> items after <c>nextToken</c>, which is the number of items already given.</summary>
    /// <exception cref="EcrException">InvalidParameterException.</exception>
    public (IReadOnlyList<T> Items, string? NextToken) Page<T>(IReadOnlyList<T> all)
    {
        var start = 0;
        if (Text("nextToken") is { } token && (!int.TryParse(token, out start) || start < 0 || start > all.Count))
        {
            throw EcrException.InvalidParameter("Invalid parameter at 'nextToken' failed to satisfy constraint: 'The pagination token is invalid'");
        }

        var size = Number("maxResults") ?? 100;
        if (size is < 1 or > 1000)
        {
            throw EcrException.InvalidParameter("Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be between 1 and 1000'");
        }

        var end = Math.Min(start + size, all.Count);
        return ([.. all.Skip(start).Take(size)], end < all.Count ? end.ToString() : null);
    }
}
