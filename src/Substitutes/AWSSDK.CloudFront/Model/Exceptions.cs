using System.Net;
using Amazon.Runtime;

namespace Amazon.CloudFront.Model;

/// <summary>Error code <c>NoSuchDistribution</c>.</summary>
public class NoSuchDistributionException : AmazonCloudFrontException
{
    public NoSuchDistributionException() { }

    public NoSuchDistributionException(string message) : base(message) { }

    public NoSuchDistributionException(string message, Exception innerException) : base(message, innerException) { }

    public NoSuchDistributionException(Exception innerException) : base(innerException) { }

    public NoSuchDistributionException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public NoSuchDistributionException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>AccessDenied</c>.</summary>
public class AccessDeniedException : AmazonCloudFrontException
{
    public AccessDeniedException() { }

    public AccessDeniedException(string message) : base(message) { }

    public AccessDeniedException(string message, Exception innerException) : base(message, innerException) { }

    public AccessDeniedException(Exception innerException) : base(innerException) { }

    public AccessDeniedException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public AccessDeniedException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>TooManyInvalidationsInProgress</c>.</summary>
public class TooManyInvalidationsInProgressException : AmazonCloudFrontException
{
    public TooManyInvalidationsInProgressException() { }

    public TooManyInvalidationsInProgressException(string message) : base(message) { }

    public TooManyInvalidationsInProgressException(string message, Exception innerException) : base(message, innerException) { }

    public TooManyInvalidationsInProgressException(Exception innerException) : base(innerException) { }

    public TooManyInvalidationsInProgressException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public TooManyInvalidationsInProgressException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>MissingBody</c>.</summary>
public class MissingBodyException : AmazonCloudFrontException
{
    public MissingBodyException() { }

    public MissingBodyException(string message) : base(message) { }

    public MissingBodyException(string message, Exception innerException) : base(message, innerException) { }

    public MissingBodyException(Exception innerException) : base(innerException) { }

    public MissingBodyException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public MissingBodyException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InconsistentQuantities</c>.</summary>
public class InconsistentQuantitiesException : AmazonCloudFrontException
{
    public InconsistentQuantitiesException() { }

    public InconsistentQuantitiesException(string message) : base(message) { }

    public InconsistentQuantitiesException(string message, Exception innerException) : base(message, innerException) { }

    public InconsistentQuantitiesException(Exception innerException) : base(innerException) { }

    public InconsistentQuantitiesException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InconsistentQuantitiesException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>BatchTooLarge</c>.</summary>
public class BatchTooLargeException : AmazonCloudFrontException
{
    public BatchTooLargeException() { }

    public BatchTooLargeException(string message) : base(message) { }

    public BatchTooLargeException(string message, Exception innerException) : base(message, innerException) { }

    public BatchTooLargeException(Exception innerException) : base(innerException) { }

    public BatchTooLargeException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public BatchTooLargeException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidArgument</c>.</summary>
public class InvalidArgumentException : AmazonCloudFrontException
{
    public InvalidArgumentException() { }

    public InvalidArgumentException(string message) : base(message) { }

    public InvalidArgumentException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidArgumentException(Exception innerException) : base(innerException) { }

    public InvalidArgumentException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidArgumentException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>NoSuchInvalidation</c>.</summary>
public class NoSuchInvalidationException : AmazonCloudFrontException
{
    public NoSuchInvalidationException() { }

    public NoSuchInvalidationException(string message) : base(message) { }

    public NoSuchInvalidationException(string message, Exception innerException) : base(message, innerException) { }

    public NoSuchInvalidationException(Exception innerException) : base(innerException) { }

    public NoSuchInvalidationException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public NoSuchInvalidationException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
