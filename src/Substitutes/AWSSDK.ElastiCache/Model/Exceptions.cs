using System.Net;
using Amazon.Runtime;

namespace Amazon.ElastiCache.Model;

/// <summary>Error code <c>ReplicationGroupNotFoundFault</c>.</summary>
public class ReplicationGroupNotFoundException : AmazonElastiCacheException
{
    public ReplicationGroupNotFoundException() { }

    public ReplicationGroupNotFoundException(string message) : base(message) { }

    public ReplicationGroupNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ReplicationGroupNotFoundException(Exception innerException) : base(innerException) { }

    public ReplicationGroupNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ReplicationGroupNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
