using System.Net;
using Docker.DotNet;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

/// <summary>An engine that fails in the middle: the shared one can't be made to, so one that speaks its protocol and then does.</summary>
public sealed class EngineFaultTests : IDisposable
{
    private readonly TestFolder _app = new();
    private readonly HttpListener _listener = new();
    private readonly int _port = FreePorts.Take(1)[0];

    public EngineFaultTests()
    {
        _app.Write("Dockerfile", "FROM scratch\nCOPY . /\n");
        _listener.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Abort();
        _app.Dispose();
    }

    [Fact]
    public async Task AnEngineThatDiesMidBuild_IsNamed()
    {
        var serving = ServeAsync("""{"stream":"Step 1/3 : FROM scratch\n"}""", dies: true);

        var failure = (await FluentActions.Awaiting(BuildAsync).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().StartWith("The Docker engine went away while it built faulty: ");
        failure.Remedy.Should().Be("Start the engine again, and run './build.sh BuildImages'.");
        await serving;
    }

    [Fact]
    public async Task AnAnswerThatEndsTooEarly_IsNoImage()
    {
        var serving = ServeAsync("""{"stream":"Step 1/3 : FROM scratch\n"}""", dies: false);

        await FluentActions.Awaiting(BuildAsync).Should().ThrowAsync<PipelineException>().WithMessage("The Docker engine went away while it built faulty: its answer ended in the middle");
        await serving;
    }

    [Fact]
    public async Task AFullDisk_IsNamedWithWhatFreesIt()
    {
        var serving = ServeAsync(
            """
            {"stream":"Step 1/3 : FROM scratch\n"}
            {"stream":"Step 2/3 : COPY . /\n"}
            {"errorDetail":{"message":"write /var/lib/docker/overlay2/x/diff/big: no space left on device"},"error":"write /var/lib/docker/overlay2/x/diff/big: no space left on device"}
            """, dies: false);

        var failure = (await FluentActions.Awaiting(BuildAsync).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Be("The image of faulty failed at step 2/3: COPY . /\n  write /var/lib/docker/overlay2/x/diff/big: no space left on device");
        failure.Remedy.Should().Contain("disk is full").And.Contain("docker system df");
        await serving;
    }

    [Fact]
    public async Task AFailingInstruction_IsShownWithItsLast20Lines_AndNothingElse()
    {
        var lines = string.Join('\n', Enumerable.Range(1, 50).Select(line => $$"""{"stream":"line {{line}}\n"}"""));
        var serving = ServeAsync(
            $$"""
            {"stream":"Step 1/2 : FROM scratch\n"}
            {"stream":"of another step\n"}
            {"stream":"Step 2/2 : RUN make\n"}
            {"stream":" ---\u003e Running in 0123456789ab\n"}
            {{lines}}
            {"errorDetail":{"code":2,"message":"returned a non-zero code: 2"},"error":"returned a non-zero code: 2"}
            """, dies: false);

        var failure = (await FluentActions.Awaiting(BuildAsync).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Split('\n').Should().Equal([$"The image of faulty failed at step 2/2: RUN make", .. Enumerable.Range(31, 20).Select(line => $"  line {line}"), "  returned a non-zero code: 2"]);
        await serving;
    }

    [Fact]
    public async Task AnEngineThatRefuses_IsQuoted()
    {
        var serving = ServeAsync("""{"message":"dockerfile parse error: unexpected end"}""", dies: false, status: 400);

        await FluentActions.Awaiting(BuildAsync).Should().ThrowAsync<PipelineException>().WithMessage("The Docker engine refused to build faulty: *unexpected end*");
        await serving;
    }

    private async Task BuildAsync()
    {
        using var docker = new DockerClientBuilder().WithEndpoint(new Uri($"http://127.0.0.1:{_port}")).Build();
        var request = new ImageRequest { Service = "faulty", Context = _app.Root, Dockerfile = _app.Full("Dockerfile"), Platform = "linux/amd64", Repository = "faulty" };
        await new ImageBuilder(docker, TimeProvider.System, NullLogger.Instance).BuildAsync([request], cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Answers until a build has been answered.</summary>
    private async Task ServeAsync(string build, bool dies, int status = 200)
    {
        while (true)
        {
            var call = await _listener.GetContextAsync();
            var path = call.Request.Url!.AbsolutePath;
            if (!path.EndsWith("/build", StringComparison.Ordinal))
            {
                var isVersion = path.EndsWith("/version", StringComparison.Ordinal);
                call.Response.StatusCode = isVersion || path.EndsWith("/_ping", StringComparison.Ordinal) ? 200 : 404;
                call.Response.Close(isVersion ? """{"Version":"20.10.24","ApiVersion":"1.41","Os":"linux","Arch":"amd64"}"""u8.ToArray() : """{"message":"no such image"}"""u8.ToArray(), willBlock: true);
                continue;
            }

            await call.Request.InputStream.CopyToAsync(Stream.Null);
            call.Response.StatusCode = status;
            call.Response.ContentType = "application/json";
            call.Response.SendChunked = true;
            await call.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(build + "\n"));
            await call.Response.OutputStream.FlushAsync();
            if (dies)
            {
                call.Response.Abort();
            }
            else
            {
                call.Response.Close();
            }

            return;
        }
    }
}
