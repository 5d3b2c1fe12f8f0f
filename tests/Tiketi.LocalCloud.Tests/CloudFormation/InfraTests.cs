using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

/// <summary>All of infra/ applied once, with the defaults: production. Clusters, distributions and servers are fakes here.</summary>
public sealed class AppliedInfra : IAsyncLifetime
{
    internal static readonly string[] Stacks = ["network", "data", "registry", "cluster", "storage", "frontend"];

    private static readonly FakeProvider[] Foreign =
    [
        new("AWS::EKS::Cluster", ("ClusterSecurityGroupId", "sg-0eks"), ("OpenIdConnectIssuerUrl", "https://oidc.eks.ap-northeast-2.amazonaws.com/id/ABC")),
        new("AWS::EKS::Nodegroup"), new("AWS::EKS::Addon"), new("AWS::EKS::AccessEntry"), new("AWS::EKS::PodIdentityAssociation"),
        new("AWS::CloudFront::Distribution", ("DomainName", "d1.cloudfront.net")), new("AWS::CloudFront::OriginAccessControl", ("Id", "OAC1")), new("AWS::CloudFront::ResponseHeadersPolicy"),
        new("AWS::RDS::DBInstance", ("Endpoint.Port", "5432")),
        new("AWS::ElastiCache::ReplicationGroup", ("PrimaryEndPoint.Address", "redis.fake"), ("PrimaryEndPoint.Port", "6379")),
        new("AWS::SecretsManager::SecretTargetAttachment"),
    ];

    internal TestCloud Cloud { get; private set; } = null!;

    internal Dictionary<string, StackRecord> Applied { get; } = new(StringComparer.Ordinal);

    internal static string Folder { get; } = Path.Combine(Repository.Root, "infra");

    public async ValueTask InitializeAsync()
    {
        Cloud = await TestCloud.StartAsync(services => Array.ForEach(Foreign, provider => services.AddSingleton<IResourceProvider>(provider)));
        foreach (var name in Stacks)
        {
            Applied[name] = await Cloud.CreateAsync("tiketi-production-" + name, TemplateOf(name));
        }
    }

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    internal static string TemplateOf(string name) => File.ReadAllText(Path.Combine(Folder, name + ".yaml"));

    internal JsonNode? Property(string stack, string resource, string path)
    {
        JsonNode? node = Cloud.Engine.Services.Open(Applied[stack].Resources[resource]);
        foreach (var step in path.Split('/'))
        {
            node = node is JsonArray list ? list[int.Parse(step)] : node?[step];
        }

        return node;
    }
}

public sealed class InfraTests(AppliedInfra infra) : IClassFixture<AppliedInfra>
{
    [Fact]
    public void Every_stack_is_made()
    {
        foreach (var (name, stack) in infra.Applied)
        {
            stack.Status.Should().Be("CREATE_COMPLETE", "{0}: {1}", name, string.Join("\n", stack.Events.Select(happened => happened.Reason)));
        }
    }

    [Theory]
    [InlineData("network", "VpcId,PublicSubnetIds,NodeSubnetIds,DatabaseSubnetIds,ClusterSecurityGroupId,DatabaseSecurityGroupId,RedisSecurityGroupId,LoadBalancerSecurityGroupId")]
    [InlineData("data", "DatabaseEndpoint,DatabasePort,DatabaseName,DatabaseUser,DatabaseSecretArn,RedisEndpoint,RedisPort,RedisSecretArn,JwtSecretArn")]
    [InlineData("registry", "RegistryUri,BackendRepositoryUri,AuthServiceRepositoryUri,TicketServiceRepositoryUri,PaymentServiceRepositoryUri,StatsServiceRepositoryUri")]
    [InlineData("cluster", "ClusterName,NodeRoleArn")]
    [InlineData("storage", "UploadsBucketName")]
    [InlineData("frontend", "FrontendBucketName,DistributionId,DistributionDomainName")]
    public void Outputs_that_other_rooms_read_are_there_and_exported(string stack, string keys)
    {
        var outputs = infra.Applied[stack].Outputs.ToDictionary(output => output.Key);
        foreach (var key in keys.Split(','))
        {
            outputs.Should().ContainKey(key);
            outputs[key].ExportName.Should().Be("tiketi-production-" + key);
            outputs[key].Value.Should().NotBeEmpty();
        }
    }

    // One row for each fact of the guide.
    [Theory]
    [InlineData("network", "Vpc", "CidrBlock", "10.0.0.0/16")]
    [InlineData("network", "Vpc", "InstanceTenancy", "default")]
    [InlineData("network", "Vpc", "EnableDnsHostnames", "true")]
    [InlineData("network", "Vpc", "EnableDnsSupport", "true")]
    [InlineData("network", "Vpc", "Tags/0/Value", "tiketi-vpc")]
    [InlineData("network", "PublicSubnetA", "CidrBlock", "10.0.1.0/24")]
    [InlineData("network", "PublicSubnetA", "AvailabilityZone", "ap-northeast-2a")]
    [InlineData("network", "PublicSubnetA", "Tags/1/Key", "kubernetes.io/role/elb")]
    [InlineData("network", "PublicSubnetA", "Tags/2/Key", "kubernetes.io/cluster/tiketi-production")]
    [InlineData("network", "PublicSubnetA", "Tags/2/Value", "shared")]
    [InlineData("network", "PublicSubnetB", "CidrBlock", "10.0.2.0/24")]
    [InlineData("network", "PublicSubnetB", "AvailabilityZone", "ap-northeast-2c")]
    [InlineData("network", "NodeSubnetA", "CidrBlock", "10.0.11.0/24")]
    [InlineData("network", "NodeSubnetA", "Tags/0/Value", "tiketi-private-subnet-a1-eks")]
    [InlineData("network", "NodeSubnetA", "Tags/1/Key", "kubernetes.io/role/internal-elb")]
    [InlineData("network", "NodeSubnetB", "CidrBlock", "10.0.12.0/24")]
    [InlineData("network", "NodeSubnetB", "Tags/0/Value", "tiketi-private-subnet-b1-eks")]
    [InlineData("network", "DatabaseSubnetA", "CidrBlock", "10.0.21.0/24")]
    [InlineData("network", "DatabaseSubnetA", "Tags/0/Value", "tiketi-db-subnet-a")]
    [InlineData("network", "DatabaseSubnetB", "CidrBlock", "10.0.22.0/24")]
    [InlineData("network", "DatabaseSubnetB", "AvailabilityZone", "ap-northeast-2c")]
    [InlineData("network", "S3Endpoint", "ServiceName", "com.amazonaws.ap-northeast-2.s3")]
    [InlineData("network", "S3Endpoint", "VpcEndpointType", "Gateway")]
    [InlineData("network", "ClusterSecurityGroup", "GroupName", "tiketi-eks-cluster-sg")]
    [InlineData("network", "ClusterSecurityGroup", "SecurityGroupIngress/0/FromPort", "443")]
    [InlineData("network", "ClusterSecurityGroup", "SecurityGroupIngress/0/CidrIp", "10.0.0.0/16")]
    [InlineData("network", "DatabaseSecurityGroup", "GroupName", "tiketi-rds-sg")]
    [InlineData("network", "DatabaseSecurityGroup", "SecurityGroupIngress/1/FromPort", "5432")]
    [InlineData("network", "DatabaseSecurityGroup", "SecurityGroupIngress/1/CidrIp", "10.0.11.0/24")]
    [InlineData("network", "DatabaseSecurityGroup", "SecurityGroupIngress/2/CidrIp", "10.0.12.0/24")]
    [InlineData("network", "RedisSecurityGroup", "GroupName", "tiketi-redis-sg")]
    [InlineData("network", "RedisSecurityGroup", "SecurityGroupIngress/1/FromPort", "6379")]
    [InlineData("network", "LoadBalancerSecurityGroup", "GroupName", "tiketi-alb-sg")]
    [InlineData("network", "LoadBalancerSecurityGroup", "SecurityGroupIngress/0/FromPort", "80")]
    [InlineData("network", "LoadBalancerSecurityGroup", "SecurityGroupIngress/1/FromPort", "443")]
    [InlineData("network", "NodeSecurityGroup", "SecurityGroupIngress/0/FromPort", "30000")]
    [InlineData("network", "NodeSecurityGroup", "SecurityGroupIngress/0/ToPort", "32767")]
    [InlineData("data", "DatabaseSubnetGroup", "DBSubnetGroupName", "tiketi-db-subnet-group")]
    [InlineData("data", "Database", "DBInstanceIdentifier", "tiketi-db")]
    [InlineData("data", "Database", "Engine", "postgres")]
    [InlineData("data", "Database", "EngineVersion", "15")]
    [InlineData("data", "Database", "MultiAZ", "true")]
    [InlineData("data", "Database", "MasterUsername", "tiketi_admin")]
    [InlineData("data", "Database", "DBInstanceClass", "db.r6g.large")]
    [InlineData("data", "Database", "StorageType", "gp3")]
    [InlineData("data", "Database", "AllocatedStorage", "100")]
    [InlineData("data", "Database", "MaxAllocatedStorage", "1000")]
    [InlineData("data", "Database", "PubliclyAccessible", "false")]
    [InlineData("data", "Database", "Port", "5432")]
    [InlineData("data", "Database", "MonitoringInterval", "60")]
    [InlineData("data", "Database", "DBName", "tiketi")]
    [InlineData("data", "Database", "DBParameterGroupName", "default.postgres15")]
    [InlineData("data", "Database", "BackupRetentionPeriod", "7")]
    [InlineData("data", "Database", "PreferredBackupWindow", "18:00-19:00")]
    [InlineData("data", "Database", "StorageEncrypted", "true")]
    [InlineData("data", "Database", "EnableCloudwatchLogsExports/0", "postgresql")]
    [InlineData("data", "Database", "AutoMinorVersionUpgrade", "true")]
    [InlineData("data", "Database", "DeletionProtection", "true")]
    [InlineData("data", "DatabaseSecret", "GenerateSecretString/PasswordLength", "32")]
    [InlineData("data", "JwtSecret", "GenerateSecretString/PasswordLength", "96")]
    [InlineData("data", "RedisSubnetGroup", "CacheSubnetGroupName", "tiketi-redis-subnet-group")]
    [InlineData("data", "Redis", "ReplicationGroupId", "tiketi-redis")]
    [InlineData("data", "Redis", "EngineVersion", "7.0")]
    [InlineData("data", "Redis", "Port", "6379")]
    [InlineData("data", "Redis", "CacheParameterGroupName", "default.redis7")]
    [InlineData("data", "Redis", "CacheNodeType", "cache.r6g.large")]
    [InlineData("data", "Redis", "NumCacheClusters", "2")]
    [InlineData("data", "Redis", "MultiAZEnabled", "true")]
    [InlineData("data", "Redis", "TransitEncryptionEnabled", "true")]
    [InlineData("data", "Redis", "AtRestEncryptionEnabled", "true")]
    [InlineData("data", "Redis", "SnapshotRetentionLimit", "1")]
    [InlineData("data", "Redis", "SnapshotWindow", "18:00-19:00")]
    [InlineData("data", "Redis", "PreferredMaintenanceWindow", "sat:19:00-sat:20:00")]
    [InlineData("data", "Redis", "LogDeliveryConfigurations/0/LogType", "slow-log")]
    [InlineData("data", "Redis", "LogDeliveryConfigurations/0/LogFormat", "json")]
    [InlineData("data", "Redis", "LogDeliveryConfigurations/1/LogType", "engine-log")]
    [InlineData("registry", "BackendRepository", "RepositoryName", "tiketi/backend")]
    [InlineData("registry", "AuthServiceRepository", "RepositoryName", "tiketi/auth-service")]
    [InlineData("registry", "TicketServiceRepository", "RepositoryName", "tiketi/ticket-service")]
    [InlineData("registry", "PaymentServiceRepository", "RepositoryName", "tiketi/payment-service")]
    [InlineData("registry", "StatsServiceRepository", "RepositoryName", "tiketi/stats-service")]
    [InlineData("registry", "BackendRepository", "ImageTagMutability", "MUTABLE")]
    [InlineData("registry", "BackendRepository", "ImageScanningConfiguration/ScanOnPush", "true")]
    [InlineData("registry", "BackendRepository", "EncryptionConfiguration/EncryptionType", "AES256")]
    [InlineData("cluster", "ClusterRole", "RoleName", "tiketi-eks-cluster-role")]
    [InlineData("cluster", "ClusterRole", "ManagedPolicyArns/0", "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")]
    [InlineData("cluster", "Cluster", "Name", "tiketi-production")]
    [InlineData("cluster", "Cluster", "Logging/ClusterLogging/EnabledTypes/0/Type", "api")]
    [InlineData("cluster", "Cluster", "Logging/ClusterLogging/EnabledTypes/4/Type", "scheduler")]
    [InlineData("cluster", "Cluster", "Tags/0/Value", "production")]
    [InlineData("cluster", "Cluster", "Tags/1/Value", "tiketi")]
    [InlineData("cluster", "NetworkAddon", "AddonName", "vpc-cni")]
    [InlineData("cluster", "DnsAddon", "AddonName", "coredns")]
    [InlineData("cluster", "ProxyAddon", "AddonName", "kube-proxy")]
    [InlineData("cluster", "NodeRole", "RoleName", "tiketi-eks-node-role")]
    [InlineData("cluster", "NodeRole", "ManagedPolicyArns/0", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy")]
    [InlineData("cluster", "NodeRole", "ManagedPolicyArns/1", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly")]
    [InlineData("cluster", "NodeRole", "ManagedPolicyArns/2", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy")]
    [InlineData("cluster", "Nodes", "NodegroupName", "tiketi-nodes")]
    [InlineData("cluster", "Nodes", "InstanceTypes/0", "t3.medium")]
    [InlineData("cluster", "Nodes", "ScalingConfig/DesiredSize", "2")]
    [InlineData("cluster", "Nodes", "ScalingConfig/MinSize", "2")]
    [InlineData("cluster", "Nodes", "ScalingConfig/MaxSize", "4")]
    [InlineData("cluster", "Nodes", "Labels/role", "worker")]
    [InlineData("cluster", "Nodes", "Labels/environment", "production")]
    [InlineData("cluster", "NodeTemplate", "LaunchTemplateData/BlockDeviceMappings/0/Ebs/VolumeSize", "30")]
    [InlineData("cluster", "NodeTemplate", "LaunchTemplateData/BlockDeviceMappings/0/Ebs/VolumeType", "gp3")]
    [InlineData("cluster", "DatabaseFromCluster", "SourceSecurityGroupId", "sg-0eks")]
    [InlineData("cluster", "DatabaseFromCluster", "FromPort", "5432")]
    [InlineData("cluster", "RedisFromCluster", "SourceSecurityGroupId", "sg-0eks")]
    [InlineData("cluster", "RedisFromCluster", "FromPort", "6379")]
    [InlineData("storage", "UploadsBucket", "BucketName", "tiketi-uploads-prod")]
    [InlineData("storage", "UploadsBucket", "LifecycleConfiguration/Rules/0/Transitions/0/StorageClass", "INTELLIGENT_TIERING")]
    [InlineData("storage", "UploadsBucket", "LifecycleConfiguration/Rules/0/Transitions/0/TransitionInDays", "30")]
    [InlineData("storage", "UploadsRole", "Policies/0/PolicyDocument/Statement/0/Action/0", "s3:PutObject")]
    [InlineData("storage", "UploadsRole", "Policies/0/PolicyDocument/Statement/0/Action/1", "s3:GetObject")]
    [InlineData("storage", "UploadsRole", "Policies/0/PolicyDocument/Statement/0/Resource", "arn:aws:s3:::tiketi-uploads-prod/*")]
    [InlineData("frontend", "FrontendBucket", "BucketName", "tiketi-frontend-prod")]
    [InlineData("frontend", "FrontendBucket", "PublicAccessBlockConfiguration/BlockPublicPolicy", "true")]
    [InlineData("frontend", "FrontendBucket", "OwnershipControls/Rules/0/ObjectOwnership", "BucketOwnerEnforced")]
    [InlineData("frontend", "AccessControl", "OriginAccessControlConfig/Name", "tiketi-frontend-oac")]
    [InlineData("frontend", "AccessControl", "OriginAccessControlConfig/SigningBehavior", "always")]
    [InlineData("frontend", "FrontendBucketPolicy", "PolicyDocument/Statement/0/Action", "s3:GetObject")]
    [InlineData("frontend", "FrontendBucketPolicy", "PolicyDocument/Statement/0/Principal/Service", "cloudfront.amazonaws.com")]
    [InlineData("frontend", "Distribution", "DistributionConfig/Comment", "Tiketi Frontend")]
    [InlineData("frontend", "Distribution", "DistributionConfig/DefaultRootObject", "index.html")]
    [InlineData("frontend", "Distribution", "DistributionConfig/HttpVersion", "http2and3")]
    [InlineData("frontend", "Distribution", "DistributionConfig/PriceClass", "PriceClass_All")]
    [InlineData("frontend", "Distribution", "DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy", "redirect-to-https")]
    [InlineData("frontend", "Distribution", "DistributionConfig/CustomErrorResponses/0/ErrorCode", "403")]
    [InlineData("frontend", "Distribution", "DistributionConfig/CustomErrorResponses/1/ErrorCode", "404")]
    [InlineData("frontend", "Distribution", "DistributionConfig/CustomErrorResponses/0/ResponseCode", "200")]
    [InlineData("frontend", "Distribution", "DistributionConfig/CustomErrorResponses/0/ResponsePagePath", "/index.html")]
    [InlineData("frontend", "Distribution", "DistributionConfig/CustomErrorResponses/0/ErrorCachingMinTTL", "10")]
    [InlineData("frontend", "Distribution", "DistributionConfig/Logging/Prefix", "cloudfront/")]
    public void The_guide_is_kept(string stack, string resource, string path, string expected) =>
        infra.Property(stack, resource, path)?.ToString().Should().Be(expected);

    [Fact]
    public void References_lead_where_they_should()
    {
        infra.Property("network", "DatabaseSecurityGroup", "SecurityGroupIngress/0/SourceSecurityGroupId")!.ToString().Should().Be(infra.Applied["network"].Resources["ClusterSecurityGroup"].PhysicalId);
        infra.Property("cluster", "DatabaseFromCluster", "GroupId")!.ToString().Should().Be(infra.Applied["network"].Resources["DatabaseSecurityGroup"].PhysicalId);
        infra.Property("cluster", "Cluster", "ResourcesVpcConfig/SubnetIds")!.AsArray().Should().HaveCount(4);
        infra.Property("data", "Database", "MasterUserPassword")!.ToString().Should().StartWith("{{resolve:secretsmanager:arn:").And.EndWith(":SecretString:password}}");
        infra.Property("frontend", "FrontendBucketPolicy", "PolicyDocument/Statement/0/Condition/StringEquals/AWS:SourceArn")!.ToString()
            .Should().Be($"arn:aws:cloudfront::000000000000:distribution/{infra.Applied["frontend"].Resources["Distribution"].PhysicalId}");
        infra.Property("frontend", "Distribution", "DistributionConfig/Aliases").Should().BeNull("no domain was given");
        infra.Property("frontend", "Distribution", "DistributionConfig/ViewerCertificate/CloudFrontDefaultCertificate")!.ToString().Should().Be("true");
        infra.Applied["network"].Resources.Values.Count(resource => resource.Type == "AWS::EC2::NatGateway").Should().Be(2);
        infra.Applied["data"].Resources["Database"].DeletionPolicy.Should().Be("Snapshot");
        infra.Applied["data"].Resources["Redis"].DeletionPolicy.Should().Be("Snapshot");
    }

    [Fact]
    public void A_second_run_has_nothing_to_do()
    {
        foreach (var name in AppliedInfra.Stacks)
        {
            var plan = infra.Cloud.Plan("tiketi-production-" + name, AppliedInfra.TemplateOf(name));
            plan.StatusReason.Should().Be(ChangeSets.NoChanges, name);
        }
    }

    [Fact]
    public void A_domain_with_its_certificate_is_served()
    {
        var plan = infra.Cloud.Plan("tiketi-production-frontend", AppliedInfra.TemplateOf("frontend"), ("Domain", "tiketi.example"), ("CertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/1"));
        var change = plan.Changes.Single(changed => changed.LogicalId == "Distribution");
        change.Replacement.Should().Be("False");
        change.Details.Single().After.Should().Contain("www.tiketi.example");
    }

    [Fact]
    public async Task Cfn_lint_has_nothing_to_say()
    {
        var lint = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "cfn-lint")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(lint is null, "cfn-lint is not installed (pip install cfn-lint).");
        var outcome = await Command.RunAsync(lint, ["--include-checks", "I", "--", .. Directory.EnumerateFiles(AppliedInfra.Folder, "*.yaml").Order(StringComparer.Ordinal)]);
        (outcome.ExitCode, outcome.Output).Should().Be((0, ""));
    }

    [Fact]
    public async Task The_aws_cli_validates_every_template()
    {
        foreach (var name in AppliedInfra.Stacks)
        {
            var answer = await infra.Cloud.AwsJsonAsync("cloudformation", "validate-template", "--template-body", "file://" + Path.Combine(AppliedInfra.Folder, name + ".yaml"));
            answer["Parameters"]!.AsArray().Should().Contain(parameter => parameter!["ParameterKey"]!.ToString() == "Environment");
        }
    }
}

public sealed class InfraTeardownTests
{
    [Fact]
    public async Task Everything_goes_again_in_the_order_of_its_imports()
    {
        var infra = new AppliedInfra();
        await infra.InitializeAsync();
        await using var cloud = infra.Cloud;
        (await cloud.DeleteAsync("tiketi-production-network")).StatusReason.Should().StartWith("Delete canceled. Cannot delete export tiketi-production-");
        await cloud.UpdateAsync("tiketi-production-data", AppliedInfra.TemplateOf("data"), ("DatabaseDeletionProtection", "false"));
        foreach (var name in AppliedInfra.Stacks.Reverse())
        {
            var stack = await cloud.DeleteAsync("tiketi-production-" + name);
            stack.Status.Should().Be("DELETE_COMPLETE", "{0}: {1}", name, string.Join("\n", stack.Events.Select(happened => happened.Reason)));
        }
    }
}
