using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Tiketi.LocalCloud.Query;

/// <summary>The few shapes that every Query answer is made of.</summary>
internal static class QueryXml
{
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static XElement Element(string name, object? value) => new(name, value is bool flag ? (flag ? "true" : "false") : value);

    /// <summary>The element, or nothing when there is no value: AWS leaves absent members out.</summary>
    public static XElement? Optional(string name, object? value) => value is null or "" ? null : Element(name, value);

    /// <summary>A list: one element a member, called as the service calls it.</summary>
    public static XElement Members(string name, IEnumerable<object> members, string member = "member") => new(name, members.Select(item => new XElement(member, item)));

    /// <summary>A result that is written in another protocol as well: an element a member, a list's items as its members.</summary>
    public static IEnumerable<XElement> Elements(JsonObject result) => result.Select(member => new XElement(member.Key, Content(member.Value)));

    private static object Content(JsonNode? value) => value switch
    {
        JsonObject structure => Elements(structure),
        JsonArray list => list.Select(item => new XElement("member", Content(item))),
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.True or JsonValueKind.False => scalar.GetValue<bool>() ? "true" : "false",
        _ => value!.ToString(),
    };
}
