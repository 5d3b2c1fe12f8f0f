using System.Net;
using System.Net.Sockets;
using Amazon.CertificateManager;
using Amazon.CertificateManager.Model;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.ElastiCache;
using Amazon.ElastiCache.Model;
using Amazon.RDS;
using Amazon.RDS.Model;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>States that only AWS comes into: how each is judged. What the local cloud can be brought into is tested against it (tests/Integration/Operations).</summary>
public sealed class AwsChecksTests : IDisposable
{
    private const string CertificateArn = "arn:aws:acm:us-east-1:1:certificate/a";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 15, 0, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _http = new();
    private readonly IAmazonSecretsManager _secrets = Substitute.For<IAmazonSecretsManager>();
    private string? _secret = """{"username":"tiketi_admin","password":"0123456789abcdef"}""";
    private readonly IAmazonRDS _rds = Substitute.For<IAmazonRDS>();
    private readonly IAmazonElastiCache _cache = Substitute.For<IAmazonElastiCache>();
    private readonly IAmazonCertificateManager _certificates = Substitute.For<IAmazonCertificateManager>();
    private readonly IAmazonCloudFront _cloudFront = Substitute.For<IAmazonCloudFront>();
    private readonly DBInstance _database = new() { DBInstanceIdentifier = "tiketi-db", DBInstanceStatus = "available", BackupRetentionPeriod = 7, LatestRestorableTime = new DateTime(2026, 1, 14, 23, 55, 0, DateTimeKind.Utc) };
    private readonly ReplicationGroup _redis = new() { ReplicationGroupId = "tiketi-redis", Status = "available", SnapshotRetentionLimit = 1, AuthTokenEnabled = true, TransitEncryptionEnabled = true };
    private readonly CertificateDetail _certificate = new() { DomainName = "tiketi.example", Status = CertificateStatus.ISSUED, NotAfter = new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Utc) };
    private readonly Dictionary<string, string[]> _names = new(StringComparer.Ordinal)
    {
        ["tiketi.example"] = ["192.0.2.1", "192.0.2.2"], ["www.tiketi.example"] = ["192.0.2.2"], ["d1.cloudfront.net"] = ["192.0.2.2", "192.0.2.3"],
    };

    public AwsChecksTests()
    {
        _rds.DescribeDBInstancesAsync(Arg.Any<DescribeDBInstancesRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new DescribeDBInstancesResponse { DBInstances = [_database] });
        _secrets.GetSecretValueAsync(Arg.Any<GetSecretValueRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new GetSecretValueResponse { SecretString = _secret ?? throw new InvalidRequestException("deleted") });
        _cache.DescribeReplicationGroupsAsync(Arg.Any<DescribeReplicationGroupsRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new DescribeReplicationGroupsResponse { ReplicationGroups = [_redis] });
        _certificates.DescribeCertificateAsync(Arg.Any<DescribeCertificateRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new DescribeCertificateResponse { Certificate = _certificate });
        _cloudFront.GetDistributionAsync(Arg.Any<GetDistributionRequest>(), Arg.Any<CancellationToken>())
            .Returns(new GetDistributionResponse { Distribution = new Distribution { Status = "Deployed", DomainName = "d1.cloudfront.net", DistributionConfig = new DistributionConfig { Enabled = true } } });
    }

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("rds", "tiketi-db is available")]
    [InlineData("elasticache", "tiketi-redis is available")]
    [InlineData("backups", "tiketi-db keeps 7 days, restorable until 2026-01-14 23:55:00Z; tiketi-redis keeps 1 day")]
    [InlineData("redis-auth", "tiketi-redis asks for its token and encrypts")]
    [InlineData("secrets", "tiketi/staging/database has 16 characters or more")]
    [InlineData("certificates", "tiketi.example (us-east-1) issued, 320 days left")]
    [InlineData("dns", "tiketi.example leads to d1.cloudfront.net, www.tiketi.example leads to d1.cloudfront.net")]
    public async Task WhatIsWell_Passes(string id, string evidence)
    {
        var outcome = await RunAsync(id);

        outcome.Should().Match<CheckOutcome>(found => found.Status == CheckStatus.Passed).And.Subject.As<CheckOutcome>().Evidence.Should().Contain(evidence);
    }

    public static TheoryData<string, string, string, string> Causes => new()
    {
        { "rds", "rds-stopped", "tiketi-db is stopped", "start-db-instance" },
        { "rds", "rds-failed", "tiketi-db is failed", "describe-events" },
        { "rds", "rds-full", "tiketi-db is storage-full", "MaxAllocatedStorage" },
        { "rds", "rds-gone", "there is no tiketi-db any more", "DriftInfra" },
        { "elasticache", "redis-modifying", "tiketi-redis is modifying", "describe-events" },
        { "elasticache", "redis-gone", "there is no tiketi-redis any more", "DriftInfra" },
        { "backups", "rds-no-backups", "tiketi-db keeps no automated backups", "DatabaseBackupDays" },
        { "backups", "rds-old-backups", "restored only to 2026-01-12", "describe-events" },
        { "backups", "redis-no-backups", "tiketi-redis keeps no snapshots", "SnapshotRetentionLimit" },
        { "redis-auth", "redis-open", "tiketi-redis asks for no AUTH token", "auth-token-update-strategy SET" },
        { "redis-auth", "redis-plain", "does not encrypt what is sent", "TransitEncryptionEnabled" },
        { "secrets", "secret-short", "has less than 16 characters", "get-random-password" },
        { "secrets", "secret-empty", "neither 'password' nor 'secret'", "get-random-password" },
        { "secrets", "secret-deleted", "is marked for deletion", "restore-secret" },
        { "certificates", "certificate-pending", "waits to be validated", "NameServers" },
        { "certificates", "certificate-ends", "has 5 days left", "validation record" },
        { "certificates", "certificate-failed", "is FAILED: CAA_ERROR", "make it anew" },
        { "dns", "dns-unknown", "www.tiketi.example is not known to DNS", "registrar" },
        { "dns", "dns-elsewhere", "tiketi.example leads to 198.51.100.7", "ApplyInfra" },
    };

    [Theory, MemberData(nameof(Causes))]
    public async Task ACause_IsFound_WithItsRemedy(string id, string cause, string evidence, string remedy)
    {
        Bring(cause);

        var outcome = await RunAsync(id);

        outcome.Status.Should().Be(CheckStatus.Failed);
        outcome.Evidence.Should().Contain(evidence);
        outcome.Remedy.Should().Contain(remedy);
    }

    private void Bring(string cause)
    {
        switch (cause)
        {
            case "rds-stopped": _database.DBInstanceStatus = "stopped"; break;
            case "rds-failed": _database.DBInstanceStatus = "failed"; break;
            case "rds-full": _database.DBInstanceStatus = "storage-full"; break;
            case "rds-gone": _rds.DescribeDBInstancesAsync(Arg.Any<DescribeDBInstancesRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeDBInstancesResponse>(_ => throw new DBInstanceNotFoundException("gone")); break;
            case "redis-modifying": _redis.Status = "modifying"; break;
            case "redis-gone": _cache.DescribeReplicationGroupsAsync(Arg.Any<DescribeReplicationGroupsRequest>(), Arg.Any<CancellationToken>()).Returns<DescribeReplicationGroupsResponse>(_ => throw new ReplicationGroupNotFoundException("gone")); break;
            case "rds-no-backups": _database.BackupRetentionPeriod = 0; break;
            case "rds-old-backups": _database.LatestRestorableTime = new DateTime(2026, 1, 12, 0, 0, 0, DateTimeKind.Utc); break;
            case "redis-no-backups": _redis.SnapshotRetentionLimit = 0; break;
            case "redis-open": _redis.AuthTokenEnabled = false; break;
            case "redis-plain": _redis.TransitEncryptionEnabled = false; break;
            case "secret-short": _secret = """{"password":"tiketi1234"}"""; break;
            case "secret-empty": _secret = "{}"; break;
            case "secret-deleted": _secret = null; break;
            case "certificate-pending": _certificate.Status = CertificateStatus.PENDING_VALIDATION; break;
            case "certificate-ends": _certificate.NotAfter = new DateTime(2026, 1, 20, 12, 0, 0, DateTimeKind.Utc); break;
            case "certificate-failed": (_certificate.Status, _certificate.FailureReason) = (CertificateStatus.FAILED, FailureReason.CAA_ERROR); break;
            case "dns-unknown": _names.Remove("www.tiketi.example"); break;
            case "dns-elsewhere": _names["tiketi.example"] = ["198.51.100.7"]; break;
            default: throw new ArgumentOutOfRangeException(nameof(cause), cause, message: null);
        }
    }

    private Task<CheckOutcome> RunAsync(string id)
    {
        var cloudFormation = Substitute.For<IAmazonCloudFormation>();
        cloudFormation.DescribeStackResourcesAsync(Arg.Any<DescribeStackResourcesRequest>(), Arg.Any<CancellationToken>()).Returns(new DescribeStackResourcesResponse
        {
            StackResources =
            [
                new() { ResourceType = "AWS::RDS::DBInstance", PhysicalResourceId = "tiketi-db" },
                new() { ResourceType = "AWS::ElastiCache::ReplicationGroup", PhysicalResourceId = "tiketi-redis" },
                new() { ResourceType = "AWS::SecretsManager::Secret", PhysicalResourceId = "arn:aws:secretsmanager:ap-northeast-2:1:secret:tiketi/staging/database" },
                new() { ResourceType = "AWS::CertificateManager::Certificate", PhysicalResourceId = CertificateArn },
            ],
        });
        var target = new SmokeTestTarget
        {
            ApiUrl = new Uri("https://api.tiketi.example"),
            SiteUrl = new Uri("https://tiketi.example"),
            Services = [],
            Stacks = new Dictionary<string, IAmazonCloudFormation>(StringComparer.Ordinal) { ["tiketi-staging-data"] = cloudFormation },
            SecretsManager = _secrets,
            Rds = _rds,
            ElastiCache = _cache,
            CertificatesIn = region => region == "us-east-1" ? _certificates : throw new ArgumentOutOfRangeException(nameof(region)),
            CloudFront = _cloudFront,
            DistributionId = "E1",
            Domain = "tiketi.example",
            Resolve = (name, _) => _names.TryGetValue(name, out var addresses) ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) : throw new SocketException((int)SocketError.HostNotFound),
        };
        return SmokeTestChecks.For(target, _time, _http).Single(check => check.Id == id).RunAsync(TestContext.Current.CancellationToken);
    }
}
