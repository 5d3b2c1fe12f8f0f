namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>
/// What CloudFormation does, with the rights of whoever applies a stack, to make, change and delete a resource of a type: the
/// calls that AWS documents for the type's handlers, tagging included, without reads.
/// </summary>
internal static class Permissions
{
    public static IReadOnlyDictionary<string, string> ByType { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS::CertificateManager::Certificate"] = "acm: RequestCertificate DeleteCertificate AddTagsToCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
        ["AWS::CloudFront::Distribution"] = "cloudfront: CreateDistribution UpdateDistribution DeleteDistribution TagResource UntagResource",
        ["AWS::CloudFront::OriginAccessControl"] = "cloudfront: CreateOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl",
        ["AWS::CloudFront::ResponseHeadersPolicy"] = "cloudfront: CreateResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy",
        ["AWS::CloudWatch::Alarm"] = "cloudwatch: PutMetricAlarm DeleteAlarms TagResource UntagResource",
        ["AWS::CloudWatch::Dashboard"] = "cloudwatch: PutDashboard DeleteDashboards",
        ["AWS::EC2::EIP"] = "ec2: AllocateAddress ReleaseAddress DisassociateAddress CreateTags",
        ["AWS::EC2::InternetGateway"] = "ec2: CreateInternetGateway DeleteInternetGateway CreateTags DeleteTags",
        ["AWS::EC2::LaunchTemplate"] = "ec2: CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate CreateTags",
        ["AWS::EC2::NatGateway"] = "ec2: CreateNatGateway DeleteNatGateway CreateTags DeleteTags",
        ["AWS::EC2::Route"] = "ec2: CreateRoute ReplaceRoute DeleteRoute",
        ["AWS::EC2::RouteTable"] = "ec2: CreateRouteTable DeleteRouteTable CreateTags DeleteTags",
        ["AWS::EC2::SecurityGroup"] = "ec2: CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress UpdateSecurityGroupRuleDescriptionsIngress CreateTags DeleteTags",
        ["AWS::EC2::SecurityGroupIngress"] = "ec2: AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress",
        ["AWS::EC2::Subnet"] = "ec2: CreateSubnet DeleteSubnet ModifySubnetAttribute CreateTags DeleteTags",
        ["AWS::EC2::SubnetRouteTableAssociation"] = "ec2: AssociateRouteTable DisassociateRouteTable",
        ["AWS::EC2::VPC"] = "ec2: CreateVpc DeleteVpc ModifyVpcAttribute CreateTags DeleteTags",
        ["AWS::EC2::VPCEndpoint"] = "ec2: CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints",
        ["AWS::EC2::VPCGatewayAttachment"] = "ec2: AttachInternetGateway DetachInternetGateway",
        ["AWS::ECR::Repository"] = "ecr: CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource",
        ["AWS::EKS::AccessEntry"] = "eks: CreateAccessEntry UpdateAccessEntry DeleteAccessEntry AssociateAccessPolicy DisassociateAccessPolicy TagResource",
        ["AWS::EKS::Addon"] = "eks: CreateAddon UpdateAddon DeleteAddon CreatePodIdentityAssociation DeletePodIdentityAssociation TagResource",
        ["AWS::EKS::Cluster"] = "eks: CreateCluster UpdateClusterConfig UpdateClusterVersion DeleteCluster TagResource UntagResource",
        ["AWS::EKS::Nodegroup"] = "eks: CreateNodegroup UpdateNodegroupConfig UpdateNodegroupVersion DeleteNodegroup TagResource",
        ["AWS::EKS::PodIdentityAssociation"] = "eks: CreatePodIdentityAssociation UpdatePodIdentityAssociation DeletePodIdentityAssociation TagResource",
        ["AWS::ElastiCache::ReplicationGroup"] = "elasticache: CreateReplicationGroup ModifyReplicationGroup DeleteReplicationGroup IncreaseReplicaCount DecreaseReplicaCount CreateSnapshot AddTagsToResource RemoveTagsFromResource",
        ["AWS::ElastiCache::SubnetGroup"] = "elasticache: CreateCacheSubnetGroup ModifyCacheSubnetGroup DeleteCacheSubnetGroup AddTagsToResource",
        ["AWS::IAM::ManagedPolicy"] = "iam: CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion",
        ["AWS::IAM::OIDCProvider"] = "iam: CreateOpenIDConnectProvider DeleteOpenIDConnectProvider TagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint",
        ["AWS::IAM::Role"] = "iam: CreateRole DeleteRole UpdateRole UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy AttachRolePolicy DetachRolePolicy PutRolePermissionsBoundary TagRole UntagRole",
        ["AWS::KMS::Key"] = "kms: CreateKey PutKeyPolicy EnableKeyRotation DisableKeyRotation UpdateKeyDescription ScheduleKeyDeletion TagResource UntagResource",
        ["AWS::Logs::LogGroup"] = "logs: CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource",
        ["AWS::RDS::DBInstance"] = "rds: CreateDBInstance ModifyDBInstance DeleteDBInstance CreateDBSnapshot RebootDBInstance AddTagsToResource RemoveTagsFromResource",
        ["AWS::RDS::DBSubnetGroup"] = "rds: CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup AddTagsToResource",
        ["AWS::Route53::HostedZone"] = "route53: CreateHostedZone DeleteHostedZone UpdateHostedZoneComment ChangeTagsForResource",
        ["AWS::Route53::RecordSet"] = "route53: ChangeResourceRecordSets",
        ["AWS::S3::Bucket"] = "s3: CreateBucket DeleteBucket PutBucketOwnershipControls PutBucketPublicAccessBlock PutEncryptionConfiguration PutLifecycleConfiguration PutBucketTagging",
        ["AWS::S3::BucketPolicy"] = "s3: PutBucketPolicy DeleteBucketPolicy",
        ["AWS::SNS::Subscription"] = "sns: Subscribe Unsubscribe",
        ["AWS::SNS::Topic"] = "sns: CreateTopic SetTopicAttributes DeleteTopic TagResource UntagResource",
        ["AWS::SNS::TopicPolicy"] = "sns: SetTopicAttributes",
        ["AWS::SecretsManager::Secret"] = "secretsmanager: CreateSecret UpdateSecret DeleteSecret GetRandomPassword TagResource UntagResource",
        ["AWS::SecretsManager::SecretTargetAttachment"] = "secretsmanager: GetSecretValue PutSecretValue",
        ["AWS::WAFv2::WebACL"] = "wafv2: CreateWebACL UpdateWebACL DeleteWebACL TagResource UntagResource",
    };

    /// <summary>What beside its own service the type needs: reads that AWS makes in the caller's name, and roles handed over.</summary>
    public static IReadOnlyDictionary<string, string> Beside { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS::CertificateManager::Certificate"] = "route53:ChangeResourceRecordSets",
        ["AWS::CloudFront::Distribution"] = "s3:PutBucketAcl wafv2:GetWebACL acm:ListCertificates",
        ["AWS::EKS::Cluster"] = "iam:PassRole iam:CreateServiceLinkedRole ec2:DescribeSubnets",
        ["AWS::EKS::Nodegroup"] = "iam:PassRole iam:CreateServiceLinkedRole iam:GetRole ec2:RunInstances ec2:DescribeLaunchTemplateVersions",
        ["AWS::EKS::Addon"] = "iam:PassRole",
        ["AWS::EKS::PodIdentityAssociation"] = "iam:PassRole iam:GetRole",
        ["AWS::ElastiCache::ReplicationGroup"] = "iam:CreateServiceLinkedRole logs:CreateLogDelivery logs:DeleteLogDelivery logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups secretsmanager:GetSecretValue",
        ["AWS::RDS::DBInstance"] = "iam:PassRole iam:CreateServiceLinkedRole secretsmanager:GetSecretValue",
    };
}
