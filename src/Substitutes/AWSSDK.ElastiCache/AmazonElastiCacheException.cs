using System.Net;
using Amazon.Runtime;

namespace Amazon.ElastiCache;

/// <summary>An error answer of Amazon ElastiCache; the ones its model names derive from it.</summary>
public class AmazonElastiCacheException : AmazonServiceException
{
    public AmazonElastiCacheException() { }

    public AmazonElastiCacheException(string message) : base(message) { }

    public AmazonElastiCacheException(string message, Exception innerException) : base(message, innerException) { }

    public AmazonElastiCacheException(Exception innerException) : base(innerException) { }

    public AmazonElastiCacheException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public AmazonElastiCacheException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
