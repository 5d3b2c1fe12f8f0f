using System.Net;
using Amazon.Runtime;

namespace Amazon.CostExplorer;

/// <summary>An error answer of AWS Cost Explorer; the ones its model names derive from it.</summary>
public class AmazonCostExplorerException : AmazonServiceException
{
    public AmazonCostExplorerException() { }

    public AmazonCostExplorerException(string message) : base(message) { }

    public AmazonCostExplorerException(string message, Exception innerException) : base(message, innerException) { }

    public AmazonCostExplorerException(Exception innerException) : base(innerException) { }

    public AmazonCostExplorerException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public AmazonCostExplorerException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
