using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Query;

/// <summary>The flattened parameters of one AWS Query call: <c>Action=DescribeStacks&amp;Tags.member.1.Key=a</c>.</summary>
internal sealed class QueryRequest(IReadOnlyDictionary<string, string> parameters, string? accessKeyId = null, string? region = null)
{
    public string Action => this["Action"] ?? "";

    /// <summary>The access key of the SigV4 credential, null for an unsigned request.</summary>
    public string? AccessKeyId { get; } = accessKeyId;

    /// <summary>The region that the request is signed for, null for an unsigned request.</summary>
    public string? Region { get; } = region;

    /// <summary>The parameter's text; null when absent or empty, as AWS treats an empty one.</summary>
    public string? this[string name] => parameters.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public static async Task<QueryRequest> ReadAsync(HttpContext context)
    {
        var parameters = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, value) in await context.Request.ReadFormAsync(context.RequestAborted))
            {
                parameters[name] = value.ToString();
            }
        }

        var scope = CredentialScope.Of(context.Request);
        return new QueryRequest(parameters, scope.AccessKeyId, scope.Region);
    }

    public bool Has(string name) => parameters.ContainsKey(name);

    public string Required(string name) => this[name]
        ?? throw QueryException.Validation($"1 validation error detected: Value at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: Member must not be null");

    public bool Flag(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);

    public int? Number(string name) => this[name] is not { } text ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
        : throw new QueryException("MalformedInput", $"Value '{text}' of {name} is not a number");

    /// <summary>The texts of <c>NAME.member.1</c>, <c>NAME.member.2</c> ... (EC2 writes <c>NAME.1</c>); null when the request names no such list.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        var entries = Entries(name).Where(entry => entry.Tail.Length == 0).ToList();
        return entries.Count > 0 ? [.. entries.Select(entry => entry.Value)] : parameters.ContainsKey(name) ? [] : null;
    }

    /// <summary>The members of a list of structures, each as a request of its own; null when the request names no such list.</summary>
    public IReadOnlyList<QueryRequest>? Structures(string name)
    {
        var entries = Entries(name).Where(entry => entry.Tail.Length > 0).ToList();
        return entries.Count > 0
            ? [.. entries.GroupBy(entry => entry.Index).Select(group => new QueryRequest(group.ToDictionary(entry => entry.Tail, entry => entry.Value, StringComparer.Ordinal)))]
            : parameters.ContainsKey(name) ? [] : null;
    }

    private IEnumerable<(int Index, string Tail, string Value)> Entries(string name) => parameters
        .Where(pair => pair.Key.StartsWith(name + ".", StringComparison.Ordinal))
        .Select(pair => (Parts: Unprefixed(pair.Key[(name.Length + 1)..]).Split('.', 2), pair.Value))
        .Where(entry => int.TryParse(entry.Parts[0], CultureInfo.InvariantCulture, out _))
        .Select(entry => (int.Parse(entry.Parts[0], CultureInfo.InvariantCulture), entry.Parts.ElementAtOrDefault(1) ?? "", entry.Value))
        .OrderBy(entry => entry.Item1);

    /// <summary>Lists have members, maps entries.</summary>
    private static string Unprefixed(string key) =>
        key.StartsWith("member.", StringComparison.Ordinal) ? key["member.".Length..] : key.StartsWith("entry.", StringComparison.Ordinal) ? key["entry.".Length..] : key;
}
