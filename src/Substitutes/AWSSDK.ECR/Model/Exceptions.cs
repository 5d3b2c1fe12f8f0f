using System.Net;
using Amazon.Runtime;

namespace Amazon.ECR.Model;

/// <summary>Error code <c>ServerException</c>.</summary>
public class ServerException : AmazonECRException
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

/// <summary>Error code <c>InvalidParameterException</c>.</summary>
public class InvalidParameterException : AmazonECRException
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

/// <summary>Error code <c>RepositoryNotFoundException</c>.</summary>
public class RepositoryNotFoundException : AmazonECRException
{
    public RepositoryNotFoundException() { }

    public RepositoryNotFoundException(string message) : base(message) { }

    public RepositoryNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public RepositoryNotFoundException(Exception innerException) : base(innerException) { }

    public RepositoryNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public RepositoryNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidTagParameterException</c>.</summary>
public class InvalidTagParameterException : AmazonECRException
{
    public InvalidTagParameterException() { }

    public InvalidTagParameterException(string message) : base(message) { }

    public InvalidTagParameterException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidTagParameterException(Exception innerException) : base(innerException) { }

    public InvalidTagParameterException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidTagParameterException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>TooManyTagsException</c>.</summary>
public class TooManyTagsException : AmazonECRException
{
    public TooManyTagsException() { }

    public TooManyTagsException(string message) : base(message) { }

    public TooManyTagsException(string message, Exception innerException) : base(message, innerException) { }

    public TooManyTagsException(Exception innerException) : base(innerException) { }

    public TooManyTagsException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public TooManyTagsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>RepositoryAlreadyExistsException</c>.</summary>
public class RepositoryAlreadyExistsException : AmazonECRException
{
    public RepositoryAlreadyExistsException() { }

    public RepositoryAlreadyExistsException(string message) : base(message) { }

    public RepositoryAlreadyExistsException(string message, Exception innerException) : base(message, innerException) { }

    public RepositoryAlreadyExistsException(Exception innerException) : base(innerException) { }

    public RepositoryAlreadyExistsException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public RepositoryAlreadyExistsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>LimitExceededException</c>.</summary>
public class LimitExceededException : AmazonECRException
{
    public LimitExceededException() { }

    public LimitExceededException(string message) : base(message) { }

    public LimitExceededException(string message, Exception innerException) : base(message, innerException) { }

    public LimitExceededException(Exception innerException) : base(innerException) { }

    public LimitExceededException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public LimitExceededException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>KmsException</c>.</summary>
public class KmsException : AmazonECRException
{
    public KmsException() { }

    public KmsException(string message) : base(message) { }

    public KmsException(string message, Exception innerException) : base(message, innerException) { }

    public KmsException(Exception innerException) : base(innerException) { }

    public KmsException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public KmsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ImageNotFoundException</c>.</summary>
public class ImageNotFoundException : AmazonECRException
{
    public ImageNotFoundException() { }

    public ImageNotFoundException(string message) : base(message) { }

    public ImageNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ImageNotFoundException(Exception innerException) : base(innerException) { }

    public ImageNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ImageNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>UnableToGetUpstreamImageException</c>.</summary>
public class UnableToGetUpstreamImageException : AmazonECRException
{
    public UnableToGetUpstreamImageException() { }

    public UnableToGetUpstreamImageException(string message) : base(message) { }

    public UnableToGetUpstreamImageException(string message, Exception innerException) : base(message, innerException) { }

    public UnableToGetUpstreamImageException(Exception innerException) : base(innerException) { }

    public UnableToGetUpstreamImageException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public UnableToGetUpstreamImageException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ScanNotFoundException</c>.</summary>
public class ScanNotFoundException : AmazonECRException
{
    public ScanNotFoundException() { }

    public ScanNotFoundException(string message) : base(message) { }

    public ScanNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ScanNotFoundException(Exception innerException) : base(innerException) { }

    public ScanNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ScanNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ValidationException</c>.</summary>
public class ValidationException : AmazonECRException
{
    public ValidationException() { }

    public ValidationException(string message) : base(message) { }

    public ValidationException(string message, Exception innerException) : base(message, innerException) { }

    public ValidationException(Exception innerException) : base(innerException) { }

    public ValidationException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ValidationException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
