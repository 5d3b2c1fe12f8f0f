using System.Net;
using Amazon.Runtime;

namespace Amazon.RDS.Model;

/// <summary>Error code <c>DBInstanceNotFound</c>.</summary>
public class DBInstanceNotFoundException : AmazonRDSException
{
    public DBInstanceNotFoundException() { }

    public DBInstanceNotFoundException(string message) : base(message) { }

    public DBInstanceNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public DBInstanceNotFoundException(Exception innerException) : base(innerException) { }

    public DBInstanceNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public DBInstanceNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
