using System.Net;
using Amazon.Runtime;

namespace Amazon.EKS.Model;

/// <summary>Error code <c>ResourceNotFoundException</c>.</summary>
public class ResourceNotFoundException : AmazonEKSException
{
    public ResourceNotFoundException() { }

    public ResourceNotFoundException(string message) : base(message) { }

    public ResourceNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ResourceNotFoundException(Exception innerException) : base(innerException) { }

    public ResourceNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ResourceNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ClientException</c>.</summary>
public class ClientException : AmazonEKSException
{
    public ClientException() { }

    public ClientException(string message) : base(message) { }

    public ClientException(string message, Exception innerException) : base(message, innerException) { }

    public ClientException(Exception innerException) : base(innerException) { }

    public ClientException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ClientException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ServerException</c>.</summary>
public class ServerException : AmazonEKSException
{
    public ServerException() { }

    public ServerException(string message) : base(message) { }

    public ServerException(string message, Exception innerException) : base(message, innerException) { }

    public ServerException(Exception innerException) : base(innerException) { }

    public ServerException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ServerException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ServiceUnavailableException</c>.</summary>
public class ServiceUnavailableException : AmazonEKSException
{
    public ServiceUnavailableException() { }

    public ServiceUnavailableException(string message) : base(message) { }

    public ServiceUnavailableException(string message, Exception innerException) : base(message, innerException) { }

    public ServiceUnavailableException(Exception innerException) : base(innerException) { }

    public ServiceUnavailableException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ServiceUnavailableException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidParameterException</c>.</summary>
public class InvalidParameterException : AmazonEKSException
{
    public InvalidParameterException() { }

    public InvalidParameterException(string message) : base(message) { }

    public InvalidParameterException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidParameterException(Exception innerException) : base(innerException) { }

    public InvalidParameterException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidParameterException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
