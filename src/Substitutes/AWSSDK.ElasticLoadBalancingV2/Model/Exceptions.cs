using System.Net;
using Amazon.Runtime;

namespace Amazon.ElasticLoadBalancingV2.Model;

/// <summary>Error code <c>LoadBalancerNotFound</c>.</summary>
public class LoadBalancerNotFoundException : AmazonElasticLoadBalancingV2Exception
{
    public LoadBalancerNotFoundException() { }

    public LoadBalancerNotFoundException(string message) : base(message) { }

    public LoadBalancerNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public LoadBalancerNotFoundException(Exception innerException) : base(innerException) { }

    public LoadBalancerNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public LoadBalancerNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>TargetGroupNotFound</c>.</summary>
public class TargetGroupNotFoundException : AmazonElasticLoadBalancingV2Exception
{
    public TargetGroupNotFoundException() { }

    public TargetGroupNotFoundException(string message) : base(message) { }

    public TargetGroupNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public TargetGroupNotFoundException(Exception innerException) : base(innerException) { }

    public TargetGroupNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public TargetGroupNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>InvalidTarget</c>.</summary>
public class InvalidTargetException : AmazonElasticLoadBalancingV2Exception
{
    public InvalidTargetException() { }

    public InvalidTargetException(string message) : base(message) { }

    public InvalidTargetException(string message, Exception innerException) : base(message, innerException) { }

    public InvalidTargetException(Exception innerException) : base(innerException) { }

    public InvalidTargetException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public InvalidTargetException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>HealthUnavailable</c>.</summary>
public class HealthUnavailableException : AmazonElasticLoadBalancingV2Exception
{
    public HealthUnavailableException() { }

    public HealthUnavailableException(string message) : base(message) { }

    public HealthUnavailableException(string message, Exception innerException) : base(message, innerException) { }

    public HealthUnavailableException(Exception innerException) : base(innerException) { }

    public HealthUnavailableException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public HealthUnavailableException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>ListenerNotFound</c>.</summary>
public class ListenerNotFoundException : AmazonElasticLoadBalancingV2Exception
{
    public ListenerNotFoundException() { }

    public ListenerNotFoundException(string message) : base(message) { }

    public ListenerNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public ListenerNotFoundException(Exception innerException) : base(innerException) { }

    public ListenerNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public ListenerNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>RuleNotFound</c>.</summary>
public class RuleNotFoundException : AmazonElasticLoadBalancingV2Exception
{
    public RuleNotFoundException() { }

    public RuleNotFoundException(string message) : base(message) { }

    public RuleNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public RuleNotFoundException(Exception innerException) : base(innerException) { }

    public RuleNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public RuleNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>Error code <c>TrustStoreNotFound</c>.</summary>
public class TrustStoreNotFoundException : AmazonElasticLoadBalancingV2Exception
{
    public TrustStoreNotFoundException() { }

    public TrustStoreNotFoundException(string message) : base(message) { }

    public TrustStoreNotFoundException(string message, Exception innerException) : base(message, innerException) { }

    public TrustStoreNotFoundException(Exception innerException) : base(innerException) { }

    public TrustStoreNotFoundException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode) { }

    public TrustStoreNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
