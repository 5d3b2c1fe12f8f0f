using System.Net;
using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

/// <summary>Error code <c>ResourceNotFoundException</c>.</summary>
public class ResourceNotFoundException : AmazonSecretsManagerException
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

/// <summary>Error code <c>InvalidParameterException</c>.</summary>
public class InvalidParameterException : AmazonSecretsManagerException
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

/// <summary>Error code <c>InvalidRequestException</c>.</summary>
public class InvalidRequestException : AmazonSecretsManagerException
{
    public InvalidRequestException() { }

    public InvalidRequestException(string message) : base(message) { }

    public InvalidRequestException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidRequestException(Exception innerException) : base(innerException) { }

    public InvalidRequestException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidRequestException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>DecryptionFailure</c>.</summary>
public class DecryptionFailureException : AmazonSecretsManagerException
{
    public DecryptionFailureException() { }

    public DecryptionFailureException(string message) : base(message) { }

    public DecryptionFailureException(string message, Exception innerException) : base(message, innerException) { }

    public DecryptionFailureException(Exception innerException) : base(innerException) { }

    public DecryptionFailureException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public DecryptionFailureException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InternalServiceError</c>.</summary>
public class InternalServiceErrorException : AmazonSecretsManagerException
{
    public InternalServiceErrorException() { }

    public InternalServiceErrorException(string message) : base(message) { }

    public InternalServiceErrorException(string message, Exception innerException) : base(message, innerException) { }

    public InternalServiceErrorException(Exception innerException) : base(innerException) { }

    public InternalServiceErrorException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InternalServiceErrorException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidNextTokenException</c>.</summary>
public class InvalidNextTokenException : AmazonSecretsManagerException
{
    public InvalidNextTokenException() { }

    public InvalidNextTokenException(string message) : base(message) { }

    public InvalidNextTokenException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidNextTokenException(Exception innerException) : base(innerException) { }

    public InvalidNextTokenException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidNextTokenException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
