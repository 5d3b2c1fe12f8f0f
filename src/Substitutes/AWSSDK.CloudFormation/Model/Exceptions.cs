using System.Net;
using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>Error code <c>TokenAlreadyExistsException</c>.</summary>
public class TokenAlreadyExistsException : AmazonCloudFormationException
{
    public TokenAlreadyExistsException() { }

    public TokenAlreadyExistsException(string message) : base(message) { }

    public TokenAlreadyExistsException(string message, Exception innerException) : base(message, innerException) { }

    public TokenAlreadyExistsException(Exception innerException) : base(innerException) { }

    public TokenAlreadyExistsException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public TokenAlreadyExistsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>AlreadyExistsException</c>.</summary>
public class AlreadyExistsException : AmazonCloudFormationException
{
    public AlreadyExistsException() { }

    public AlreadyExistsException(string message) : base(message) { }

    public AlreadyExistsException(string message, Exception innerException) : base(message, innerException) { }

    public AlreadyExistsException(Exception innerException) : base(innerException) { }

    public AlreadyExistsException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public AlreadyExistsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InsufficientCapabilitiesException</c>.</summary>
public class InsufficientCapabilitiesException : AmazonCloudFormationException
{
    public InsufficientCapabilitiesException() { }

    public InsufficientCapabilitiesException(string message) : base(message) { }

    public InsufficientCapabilitiesException(string message, Exception innerException) : base(message, innerException) { }

    public InsufficientCapabilitiesException(Exception innerException) : base(innerException) { }

    public InsufficientCapabilitiesException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InsufficientCapabilitiesException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>LimitExceededException</c>.</summary>
public class LimitExceededException : AmazonCloudFormationException
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

/// <summary>Error code <c>ChangeSetNotFound</c>.</summary>
public class ChangeSetNotFoundException : AmazonCloudFormationException
{
    public ChangeSetNotFoundException() { }

    public ChangeSetNotFoundException(string message) : base(message) { }

    public ChangeSetNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ChangeSetNotFoundException(Exception innerException) : base(innerException) { }

    public ChangeSetNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ChangeSetNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidChangeSetStatus</c>.</summary>
public class InvalidChangeSetStatusException : AmazonCloudFormationException
{
    public InvalidChangeSetStatusException() { }

    public InvalidChangeSetStatusException(string message) : base(message) { }

    public InvalidChangeSetStatusException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidChangeSetStatusException(Exception innerException) : base(innerException) { }

    public InvalidChangeSetStatusException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidChangeSetStatusException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
