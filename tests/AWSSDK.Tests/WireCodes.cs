using System.Net;
using System.Reflection;
using Amazon.Runtime.Internal;
using Aws.Protocol;

namespace AwsSdk.Tests;

/// <summary>The wire code that each typed exception answers to, found by asking the service's own error table.</summary>
public static class WireCodes
{
    public static string Of(Type exception)
    {
        var service = exception.Namespace!.Split('.')[1];
        var shapes = (Shapes)exception.Assembly.GetType($"Amazon.{service}.Internal.{service}Shapes", throwOnError: true)!
            .GetProperty("All", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        var name = exception.Name[..^"Exception".Length];
        string[] candidates = [exception.Name, name, name + "Fault"];
        return candidates.FirstOrDefault(code => shapes.Error(
            new ErrorResponse { Code = code, Message = "m" }, null, HttpStatusCode.BadRequest).GetType() == exception) ?? "none";
    }
}
