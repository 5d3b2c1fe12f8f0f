using Amazon.Runtime;

namespace Amazon.RDS.Model;

/// <summary>What <see cref="IAmazonRDS.DescribeDBInstancesAsync(Model.DescribeDBInstancesRequest, CancellationToken)"/> is asked.</summary>
public class DescribeDBInstancesRequest : AmazonRDSRequest
{
    public string DBInstanceIdentifier { get; set; }

    public int? MaxRecords { get; set; }

    public string Marker { get; set; }
}

/// <summary>What <see cref="IAmazonRDS.DescribeDBInstancesAsync(Model.DescribeDBInstancesRequest, CancellationToken)"/> answers.</summary>
public class DescribeDBInstancesResponse : AmazonWebServiceResponse
{
    public string Marker { get; set; }

    public List<DBInstance> DBInstances { get; set; }
}

public class DBInstance
{
    public string DBInstanceIdentifier { get; set; }

    public string DBInstanceClass { get; set; }

    public string Engine { get; set; }

    public string DBInstanceStatus { get; set; }

    public int? AllocatedStorage { get; set; }

    public int? BackupRetentionPeriod { get; set; }

    public DateTime? LatestRestorableTime { get; set; }

    public bool? MultiAZ { get; set; }

    public string EngineVersion { get; set; }

    public bool? PubliclyAccessible { get; set; }

    public bool? StorageEncrypted { get; set; }

    public string DBInstanceArn { get; set; }

    public bool? DeletionProtection { get; set; }
}
