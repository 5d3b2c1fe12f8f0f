using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Acm;

/// <summary>The reading part of the ACM API (AWS JSON 1.1). Deleting is there, too: somebody may do it past CloudFormation.</summary>
internal sealed class AcmService(RecordStore records, CloudFront.CloudFrontStore distributions) : IAwsService
{
    private const string TargetPrefix = "CertificateManager.";

    /// <summary>What ACM's certificates live.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromDays(395);

    public string SigningName => "acm";

    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        context.Response.ContentType = "application/x-amz-json-1.1";
        try
        {
            var request = await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted) ?? [];
            var answer = target switch
            {
                TargetPrefix + "DescribeCertificate" => new JsonObject { ["Certificate"] = Detail(Get(request)) },
                TargetPrefix + "ListCertificates" => new JsonObject { ["CertificateSummaryList"] = new JsonArray([.. records.All(AcmTypes.Certificate).Select(Summary)]) },
                TargetPrefix + "DeleteCertificate" => Delete(Get(request)),
                _ => throw new RefusedException("UnknownOperationException", $"The local cloud's acm has no action '{target}'. It speaks: DeleteCertificate, DescribeCertificate, ListCertificates."),
            };
            await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
        }
        catch (RefusedException refusal)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(new JsonObject { ["__type"] = refusal.Code, ["message"] = refusal.Message }.ToJsonString(), context.RequestAborted);
        }
    }

    private static JsonObject Summary(RecordedResource certificate) => new()
    {
        ["CertificateArn"] = certificate.Id,
        ["DomainName"] = certificate.Properties.Text("DomainName"),
        ["Status"] = "ISSUED",
    };

    private RecordedResource Get(JsonObject request) => records.Find(AcmTypes.Certificate, request.Text("CertificateArn"))
        ?? throw new RefusedException("ResourceNotFoundException", $"Could not find certificate {request.Text("CertificateArn")}.");

    private JsonObject Detail(RecordedResource certificate)
    {
        var issued = DateTimeOffset.Parse(certificate.Attributes[AcmTypes.IssuedAt], CultureInfo.InvariantCulture);
        var detail = Summary(certificate);
        detail["SubjectAlternativeNames"] = new JsonArray([.. certificate.Properties.Texts("SubjectAlternativeNames").Prepend(certificate.Properties.RequiredText("DomainName")).Distinct().Select(name => (JsonNode)name)]);
        detail["KeyAlgorithm"] = certificate.Properties.Text("KeyAlgorithm") ?? "RSA_2048";
        detail["IssuedAt"] = issued.ToUnixTimeSeconds();
        detail["NotBefore"] = issued.ToUnixTimeSeconds();
        detail["NotAfter"] = (issued + Validity).ToUnixTimeSeconds();
        detail["Type"] = "AMAZON_ISSUED";
        detail["RenewalEligibility"] = Users(certificate).Count > 0 ? "ELIGIBLE" : "INELIGIBLE";
        detail["InUseBy"] = new JsonArray([.. Users(certificate).Select(arn => (JsonNode)arn)]);
        return detail;
    }

    private List<string> Users(RecordedResource certificate) =>
        [.. distributions.Current.Distributions.Where(distribution => distribution.Config.CertificateArn == certificate.Id).Select(distribution => distribution.Arn)];

    private JsonObject Delete(RecordedResource certificate)
    {
        if (Users(certificate).Count > 0)
        {
            throw new RefusedException("ResourceInUseException", $"Certificate {certificate.Id} in account {LocalCloudSettings.AccountId} is in use.");
        }

        records.Remove(AcmTypes.Certificate, certificate.Id);
        return [];
    }

    private sealed class RefusedException(string code, string message) : Exception(message)
    {
        public string Code { get; } = code;
    }
}
