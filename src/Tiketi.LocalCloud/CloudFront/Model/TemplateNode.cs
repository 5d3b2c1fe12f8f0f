using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.CloudFront.Model;

/// <summary>
/// Reads one object of a template and remembers what was read, so that <see cref="Done"/> can refuse the rest: a property that
/// nothing here carries out must not look as if it worked. Numbers and Booleans may come as text.
/// </summary>
internal sealed class TemplateNode(JsonObject node, string path)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public bool Has(string name) => Take(name) is not null;

    public string? Text(string name) => Take(name)?.ToString();

    /// <exception cref="ResourceException">It is missing.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw new ResourceException($"Property {path}.{name} is required.");

    public bool Flag(string name, bool fallback = false) => Text(name) switch
    {
        null => fallback,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw new ResourceException($"Property {path}.{name} is '{text}', not true or false."),
    };

    public double? Number(string name) => Text(name) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw new ResourceException($"Property {path}.{name} is '{text}', not a number."),
    };

    public TemplateNode? Object(string name) => Take(name) is JsonObject child ? new TemplateNode(child, $"{path}.{name}") : null;

    public IReadOnlyList<TemplateNode> Objects(string name) =>
        Take(name) is JsonArray list ? [.. list.Select((item, index) => new TemplateNode(item!.AsObject(), $"{path}.{name}[{index}]"))] : [];

    public IReadOnlyList<string> Texts(string name) => Take(name) is JsonArray list ? [.. list.Select(item => item!.ToString())] : [];

    /// <summary>Properties that are meaningful in AWS and change nothing about what loopback serves.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.Add(name);
        }
    }

    /// <exception cref="ResourceException">A property was not read.</exception>
    public void Done()
    {
        if (node.Select(property => property.Key).FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
        {
            throw Refuse(unknown);
        }
    }

    public ResourceException Refuse(string name) =>
        new($"The local cloud's CloudFront cannot serve {path}.{name}. Remove it, or make it depend on a condition that is false for the local environment.");

    private JsonNode? Take(string name)
    {
        _read.Add(name);
        return node[name];
    }
}
