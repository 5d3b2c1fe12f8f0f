using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;
using Amazon.Util.Internal;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Aws.Protocol;

/// <summary>
/// What every substitute client has in common. AWSSDK.Core does the work (credentials, SigV4, retries, clock skew);
/// this only tells it where the service is and how it signs.
/// </summary>
public abstract class ServiceClient : AmazonServiceClient
{
    protected ServiceClient(ServiceConfig config) : base(config) { }

    protected ServiceClient(AWSCredentials credentials, ServiceConfig config) : base(credentials, config) { }

    protected override IServiceMetadata ServiceMetadata => new Metadata(Config.ServiceId);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new ResolveEndpoint());
        pipeline.AddHandlerAfter<Marshaller>(new ResolveSigV4());
    }

    /// <summary>The endpoint that <paramref name="request"/> would be sent to.</summary>
    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    private sealed record Metadata(string ServiceId) : IServiceMetadata
    {
        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    private sealed class ResolveEndpoint : BaseEndpointResolver
    {
        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
            ServiceConfig.Parameters(requestContext.ClientConfig);
    }

    private sealed class ResolveSigV4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext)
        {
            ArgumentNullException.ThrowIfNull(executionContext);
            var chosen = executionContext.RequestContext.ClientConfig.EndpointProvider
                .ResolveEndpoint(ServiceConfig.Parameters(executionContext.RequestContext.ClientConfig));
            return RetrieveSchemesFromEndpoint(chosen) is { Count: > 0 } own ? own : AuthSchemeOption.DEFAULT_SIGV4;
        }
    }
}

/// <summary>Configuration shared by the substitutes. The service id is what makes <c>AWS_ENDPOINT_URL_ID</c> work in Core.</summary>
public abstract class ServiceConfig : ClientConfig
{
    private readonly string _version;

    protected ServiceConfig(string serviceId, string signingName, string version, IEndpointProvider endpoints)
        : base(new DefaultConfigurationProvider(Modes))
    {
        _version = version;
        ServiceId = serviceId;
        AuthenticationServiceName = signingName;
        EndpointProvider = endpoints;
    }

    public override string ServiceVersion => _version;

    public override string RegionEndpointServiceName => AuthenticationServiceName;

    public override string UserAgent => InternalSDKUtils.BuildUserAgentString(ServiceId, "4.0");

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(Parameters(this));

    private static IEnumerable<IDefaultConfiguration> Modes => Enum.GetValues<DefaultConfigurationMode>().Select(mode =>
        new DefaultConfiguration { Name = mode, RetryMode = RequestRetryMode.Standard, ConnectTimeout = TimeSpan.FromSeconds(3.1) });

    internal static EndpointParameters Parameters(IClientConfig config)
    {
        var region = config.RegionEndpoint?.SystemName;
        if (region is null && !string.IsNullOrEmpty(config.ServiceURL))
        {
            region = config.AuthenticationRegion ?? AWSSDKUtils.DetermineRegion(config.ServiceURL);
        }

        return new EndpointParameters
        {
            ["Region"] = region,
            ["UseFIPS"] = config.UseFIPSEndpoint,
            ["UseDualStack"] = config.UseDualstackEndpoint,
            ["Endpoint"] = config.ServiceURL,
        };
    }
}

/// <summary>
/// Where a service is: an explicit URL if there is one, else <c>HOST.REGION.SUFFIX</c> of the region's partition;
/// for a global service <c>HOST.SUFFIX</c>, signed for us-east-1.
/// </summary>
public sealed class HostRule(string host, string fipsHost, bool global = false) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters["Endpoint"] is string { Length: > 0 } url)
        {
            return new Endpoint(url);
        }

        var region = parameters["Region"] as string
            ?? throw new AmazonClientException("No region and no service URL is set: give a RegionEndpoint, AWS_REGION or a ServiceURL.");
        var partition = Amazon.Runtime.Internal.Endpoints.StandardLibrary.Fn.Partition(region);
        var name = parameters["UseFIPS"] is true ? fipsHost : host;
        if (global)
        {
            return new Endpoint($"https://{name}.{partition.dnsSuffix}",
                """{"authSchemes":[{"name":"sigv4","signingRegion":"us-east-1"}]}""", null);
        }

        var suffix = parameters["UseDualStack"] is true ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        return new Endpoint($"https://{name}.{region}.{suffix}");
    }
}

/// <summary>One API operation: how its request is written and its answer read. Stateless, so kept in a static.</summary>
public sealed class Operation : InvokeOptions
{
    public Operation(Func<AmazonWebServiceRequest, IRequest> write, ResponseUnmarshaller read)
    {
        RequestMarshaller = new Writer(write);
        ResponseUnmarshaller = read;
    }

    private sealed class Writer(Func<AmazonWebServiceRequest, IRequest> write) : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input) => write(input);
    }
}
