using Tiketi.LocalCloud.Ecr.Scanning;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Api;

/// <summary>The operations on scans.</summary>
internal sealed class ScanOperations(RepositoryStore store, ImageScanner scanner)
{
    public object Start(EcrArguments arguments)
    {
        var (repository, image) = Find(arguments);
        scanner.Start(repository, image);
        return new
        {
            RegistryId = LocalCloudSettings.AccountId,
            RepositoryName = repository.Name,
            ImageId = new { ImageDigest = image.Digest, ImageTag = arguments.Object("imageId").Text("imageTag") },
            ImageScanStatus = new { Status = "IN_PROGRESS" },
        };
    }

    public object DescribeFindings(EcrArguments arguments)
    {
        var (repository, image) = Find(arguments);
        var tag = arguments.Object("imageId").Text("imageTag");
        var scan = scanner.Find(repository, image) ?? throw new EcrException(
            "ScanNotFoundException",
            $"Image scan does not exist for the image with '{{imageDigest:'{image.Digest}', imageTag:'{tag ?? "null"}'}}' in the repository with name '{repository.Name}' in the registry with id '{LocalCloudSettings.AccountId}'");
        var (page, token) = arguments.Page(scan.Findings ?? []);
        return new
        {
            RegistryId = LocalCloudSettings.AccountId,
            RepositoryName = repository.Name,
            ImageId = new { ImageDigest = image.Digest, ImageTag = tag },
            ImageScanStatus = new { scan.Status, scan.Description },
            ImageScanFindings = scan.Findings is null ? null : new
            {
                ImageScanCompletedAt = scan.CompletedAt,
                VulnerabilitySourceUpdatedAt = scan.SourceUpdatedAt,
                FindingSeverityCounts = scan.Counts,
                Findings = page.Select(Describe),
            },
            NextToken = token,
        };
    }

    private static object Describe(ScanFinding finding) => new
    {
        finding.Vulnerability.Name,
        finding.Vulnerability.Description,
        finding.Vulnerability.Uri,
        finding.Severity,
        Attributes = new[]
        {
            new { Key = "package_name", Value = (string?)finding.Package.Name },
            new { Key = "package_version", Value = (string?)finding.Package.Version },
            new { Key = "CVSS3_VECTOR", Value = finding.Vulnerability.Vector },
            new { Key = "CVSS3_SCORE", Value = finding.Score is { } score ? Cvss.Text(score) : null },
        }.Where(attribute => attribute.Value is not null),
    };

    private (Repository Repository, ImageRecord Image) Find(EcrArguments arguments)
    {
        var repository = store.Get(arguments.Repository);
        var id = arguments.Object("imageId");
        return (repository, repository.Find(id.Text("imageDigest"), id.Text("imageTag")) ?? throw EcrException.ImageNotFound(repository.Name, id.Text("imageDigest"), id.Text("imageTag")));
    }
}
