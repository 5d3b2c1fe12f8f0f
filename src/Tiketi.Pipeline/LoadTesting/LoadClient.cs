using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Sends the test's request again and again, as fast as the runtime's own HTTP stack allows.</summary>
internal sealed class LoadClient : IDisposable
{
    private readonly LoadTestRequest _request;
    private readonly HttpMessageInvoker _invoker;

    public LoadClient(LoadTestRequest request, int connections)
    {
        _request = request;
        _invoker = CreateInvoker(connections, request.Timeout, request.TrustedRoot);
    }

    /// <summary>The runtime's client without anything that would add requests or keep something from one to the next.</summary>
    public static HttpMessageInvoker CreateInvoker(int connections, TimeSpan timeout, X509Certificate2? trustedRoot = null) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        ConnectTimeout = timeout,
        AllowAutoRedirect = false, // each request is measured for itself
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        SslOptions = new()
        {
            CertificateChainPolicy = trustedRoot is null ? null : new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trustedRoot }, RevocationMode = X509RevocationMode.NoCheck },
        },
    });

    /// <summary>Sends once. What goes wrong is recorded by kind; only the caller's cancellation throws.</summary>
    public async Task SendAsync(LoadRecorder recorder, long planned, RequestDeadline deadline)
    {
        try
        {
            using var message = Message();
            using var response = await _invoker.SendAsync(message, deadline.Start());
            var body = new CountingSink();
            await response.Content.CopyToAsync(body, deadline.Token);
            if (response.IsSuccessStatusCode)
            {
                recorder.Answered(planned, body.Count);
            }
            else
            {
                recorder.Failed(planned, LoadErrors.KindOf(response.StatusCode), timed: true);
            }
        }
        catch (OperationCanceledException) when (!deadline.CallerCancelled)
        {
            recorder.Failed(planned, "timeout", timed: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            recorder.Failed(planned, LoadErrors.KindOf(exception), timed: false);
        }
    }

    /// <summary>One request before the test: throws when nothing answers at all.</summary>
    public async Task ProbeAsync(RequestDeadline deadline)
    {
        try
        {
            using var message = Message();
            using var response = await _invoker.SendAsync(message, deadline.Start());
            await response.Content.CopyToAsync(Stream.Null, deadline.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException && !deadline.CallerCancelled)
        {
            var why = exception is OperationCanceledException ? $"timeout after {_request.Timeout.TotalSeconds:0.#} s" : LoadErrors.KindOf(exception);
            throw new PipelineException($"Nothing answers at {_request.Url}: {why}.", "Deploy first (./build.sh Deploy), or check the address (./build.sh Status).", exception);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(_request.Method, _request.Url)
        {
            Version = _request.Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _request.Body is { } body ? new ReadOnlyMemoryContent(body) : null,
        };
        foreach (var (name, value) in _request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!_request.KeepAlive)
        {
            message.Headers.ConnectionClose = true;
        }

        return message;
    }

    private sealed class CountingSink : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Count += count;
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>One connection's time-out, used again for each of its requests.</summary>
internal sealed class RequestDeadline(TimeSpan timeout, CancellationToken caller) : IDisposable
{
    private CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(caller);

    public CancellationToken Token => _source.Token;

    public bool CallerCancelled => caller.IsCancellationRequested;

    public CancellationToken Start()
    {
        if (!_source.TryReset())
        {
            _source.Dispose();
            _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        }

        _source.CancelAfter(timeout);
        return _source.Token;
    }

    public void Dispose() => _source.Dispose();
}
