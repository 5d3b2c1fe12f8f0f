using System.Collections;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using System.Xml.Serialization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Aws.Protocol;

/// <summary>The Query wire format: a form with dotted names out, XML back (CloudFormation).</summary>
public sealed class Query(Shapes shapes, string serviceName, string version)
{
    public Operation Op<TRequest, TResponse>()
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new()
    {
        var action = typeof(TRequest).Name[..^"Request".Length];
        return new Operation(input =>
        {
            var request = new DefaultRequest(input, serviceName) { HttpMethod = "POST", ResourcePath = "/" };
            request.Parameters["Action"] = action;
            request.Parameters["Version"] = version;
            Write(request.Parameters, "", input, shapes.Of(typeof(TRequest)));
            return request;
        }, new XmlReader<TResponse>(shapes, (response, root) =>
        {
            var result = root.Elements().FirstOrDefault(element => element.Name.LocalName == action + "Result");
            XmlShapes.Fill(response, result, shapes);
            var requestId = root.Descendants().FirstOrDefault(element => element.Name.LocalName == "RequestId");
            response.ResponseMetadata = new ResponseMetadata { RequestId = requestId?.Value };
        }));
    }

    private void Write(IDictionary<string, string> form, string name, object value, JsonTypeInfo shape)
    {
        switch (shape.Kind)
        {
            case JsonTypeInfoKind.Object:
                foreach (var member in shape.Properties)
                {
                    if (member.Get!(value) is { } inner)
                    {
                        Write(form, name.Length == 0 ? member.Name : $"{name}.{member.Name}", inner, shapes.Of(member.PropertyType));
                    }
                }

                break;
            case JsonTypeInfoKind.Enumerable:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                {
                    Write(form, $"{name}.member.{++index}", item, shapes.Of(shape.ElementType!));
                }

                break;
            case JsonTypeInfoKind.Dictionary:
                var entry = 0;
                foreach (DictionaryEntry pair in (IDictionary)value)
                {
                    form[$"{name}.entry.{++entry}.key"] = Text.Of(pair.Key);
                    Write(form, $"{name}.entry.{entry}.value", pair.Value!, shapes.Of(shape.ElementType!));
                }

                break;
            default:
                form[name] = Text.Of(value);
                break;
        }
    }
}

/// <summary>The REST-XML wire format (CloudFront).</summary>
public sealed class RestXml(Shapes shapes, string serviceName, XNamespace xmlNamespace)
{
    /// <param name="line">As in <see cref="RestJson.Op{TRequest,TResponse}"/>.</param>
    /// <param name="input">The member that is the request's body, or null.</param>
    /// <param name="output">The member that the answer's body is.</param>
    /// <param name="headers">Members of the answer that are headers of the same name.</param>
    public Operation Op<TRequest, TResponse>(string line, string? input, string output, params string[] headers)
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new()
    {
        var rest = new RestLine(line, typeof(TRequest), shapes);
        var body = input is null ? null : XmlShapes.Member(shapes.Of(typeof(TRequest)), input);
        var response = shapes.Of(typeof(TResponse));
        return new Operation(source =>
        {
            var request = rest.Request(source, serviceName);
            if (body?.Get!(source) is { } content)
            {
                var element = XmlShapes.Write(xmlNamespace + body.Name, content, shapes.Of(body.PropertyType), shapes);
                request.Content = Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
                request.Headers["Content-Type"] = "application/xml";
            }

            return request;
        }, new XmlReader<TResponse>(shapes, (result, root) =>
        {
            var member = XmlShapes.Member(response, output);
            member.Set!(result, XmlShapes.Read(root, shapes.Of(member.PropertyType), shapes));
        }, headers));
    }
}

internal sealed class XmlReader<TResponse>(Shapes shapes, Action<TResponse, XElement> fill, params string[] headers) : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        var response = new TResponse();
        fill(response, XDocument.Load(input.Stream).Root!);
        foreach (var header in headers.Where(input.ResponseData.IsHeaderPresent))
        {
            XmlShapes.Member(shapes.Of(typeof(TResponse)), header).Set!(response, input.ResponseData.GetHeaderValue(header));
        }

        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode) =>
        shapes.Error(XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(input), innerException, statusCode);
}

/// <summary>XML elements to shapes and back, driven by the shapes' metadata.</summary>
internal static class XmlShapes
{
    public static JsonPropertyInfo Member(JsonTypeInfo shape, string name) =>
        shape.Properties.SingleOrDefault(member => member.Name == name)
        ?? throw new InvalidOperationException($"{shape.Type.Name} has no member {name}.");

    public static XElement Write(XName name, object value, JsonTypeInfo shape, Shapes shapes)
    {
        if (shape.Kind != JsonTypeInfoKind.Object)
        {
            return new XElement(name, Text.Of(value));
        }

        var element = new XElement(name);
        foreach (var member in shape.Properties)
        {
            if (member.Get!(value) is not { } inner)
            {
                continue;
            }

            var innerShape = shapes.Of(member.PropertyType);
            var innerName = name.Namespace + member.Name;
            element.Add(innerShape.Kind == JsonTypeInfoKind.Enumerable
                ? new XElement(innerName, ((IEnumerable)inner).Cast<object>().Select(item =>
                    Write(name.Namespace + ItemName(member), item, shapes.Of(innerShape.ElementType!), shapes)))
                : Write(innerName, inner, innerShape, shapes));
        }

        return element;
    }

    public static void Fill(object target, XElement? source, Shapes shapes)
    {
        foreach (var member in source is null ? [] : shapes.Of(target.GetType()).Properties)
        {
            if (source!.Elements().FirstOrDefault(element => element.Name.LocalName == member.Name) is { } element)
            {
                member.Set!(target, Read(element, shapes.Of(member.PropertyType), shapes));
            }
        }
    }

    public static object Read(XElement source, JsonTypeInfo shape, Shapes shapes)
    {
        switch (shape.Kind)
        {
            case JsonTypeInfoKind.Object:
                var result = shape.CreateObject!();
                Fill(result, source, shapes);
                return result;
            case JsonTypeInfoKind.Enumerable:
                var list = (IList)shape.CreateObject!();
                foreach (var item in source.Elements())
                {
                    list.Add(Read(item, shapes.Of(shape.ElementType!), shapes));
                }

                return list;
            default:
                return typeof(ConstantClass).IsAssignableFrom(shape.Type)
                    ? JsonSerializer.Deserialize(JsonValue.Create(source.Value), shape)!
                    : Text.To(shape.Type, source.Value);
        }
    }

    private static string ItemName(JsonPropertyInfo member) =>
        member.AttributeProvider!.GetCustomAttributes(typeof(XmlArrayItemAttribute), inherit: false)
            .Cast<XmlArrayItemAttribute>().SingleOrDefault()?.ElementName
        ?? throw new InvalidOperationException($"{member.Name} has no [XmlArrayItem], so its items have no name in XML.");
}
