using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Kubernetes;

/// <summary>Whatever breaks between the pipeline and the API server: the run gets through it, or the next one ends where it would have.</summary>
[Collection(LocalKubernetesCollection.Name)]
public sealed partial class InterruptionTests(LocalKubernetes kubernetes) : IDisposable
{
    private const int KillPoints = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => kubernetes.Fault = null;

    [Fact]
    public async Task Killed_at_any_of_twenty_points_the_next_run_ends_in_the_same_state()
    {
        var undisturbed = await StartAsync();
        var requests = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var killed = new ConcurrentDictionary<string, (int Last, bool Handled)>(StringComparer.Ordinal);
        kubernetes.Fault = (context, handle) =>
        {
            // Of one run only what names its namespace is counted, so that all points can be tried at the same time.
            if (NamespaceOf(context) is not { } space)
            {
                return handle();
            }

            var number = requests.AddOrUpdate(space, 1, (_, before) => before + 1);
            if (!killed.TryGetValue(space, out var kill) || number < kill.Last || (number == kill.Last && kill.Handled))
            {
                return handle();
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden; // answered, so that the dying process is not waited for
            return Task.CompletedTask;
        };
        await SecondReleaseAsync(undisturbed);
        var total = requests[undisturbed.Namespace];
        var expected = await StateAsync(undisturbed);

        await Parallel.ForAsync(0, KillPoints, new ParallelOptions { MaxDegreeOfParallelism = KillPoints, CancellationToken = Token }, async (point, _) =>
        {
            for (var last = 1 + (point * total / KillPoints); ; last--) // a run may need fewer requests: it waited for less
            {
                var app = await StartAsync();
                requests[app.Namespace] = 0;
                killed[app.Namespace] = (last, Handled: point % 2 == 0);
                var died = await DiesAsync(app);
                killed.TryRemove(app.Namespace, out var _);
                if (!died)
                {
                    continue;
                }

                await SecondReleaseAsync(app);

                (await StateAsync(app)).Should().Be(expected, $"it was killed at request {last} of {total}");
                (await new ReleaseStore(kubernetes.Client, app.Namespace).ListAsync(Token)).Should().NotContain(release => release.Outcome == ReleaseOutcome.Deploying);
                return;
            }
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Throttling_lost_connections_and_lost_answers_do_not_matter(int seed)
    {
        var expected = await DeployedAsync();
        var random = new Random(seed);
        var faults = 0;
        var app = await StartAsync();
        kubernetes.Fault = async (context, handle) =>
        {
            int fault;
            lock (random)
            {
                fault = random.Next(20);
            }

            Interlocked.Add(ref faults, fault < 6 ? 1 : 0);
            switch (fault)
            {
                case 0:
                    context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                    break;
                case 1:
                    context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                    context.Response.Headers.RetryAfter = "1";
                    break;
                case 2:
                    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                    break;
                case 3:
                    context.Abort(); // before it was done
                    break;
                case 4 or 5:
                    context.Response.Body = Stream.Null;
                    await handle();
                    context.Abort(); // after it was done
                    break;
                default:
                    await handle();
                    break;
            }
        };

        await SecondReleaseAsync(app);

        kubernetes.Fault = null;
        faults.Should().BeGreaterThan(5);
        (await StateAsync(app)).Should().Be(expected);
    }

    [Fact]
    public async Task A_restart_of_the_API_server_in_the_middle_is_waited_for()
    {
        var expected = await DeployedAsync();
        var app = await StartAsync();
        var (requests, restart) = (0, Task.CompletedTask);
        kubernetes.Fault = (_, handle) =>
        {
            if (Interlocked.Increment(ref requests) == 25)
            {
                restart = Task.Run(kubernetes.RestartAsync, Token);
            }

            return handle();
        };

        await SecondReleaseAsync(app);
        await restart;

        kubernetes.Fault = null;
        (await StateAsync(app)).Should().Be(expected);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires_however_long_the_run_takes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-14)); // accepted for one more minute
        using var client = await kubernetes.ConnectAsync(time);
        var app = new Application(kubernetes.NewNamespace());
        var signed = new HashSet<string>();
        kubernetes.Fault = (context, handle) =>
        {
            lock (signed)
            {
                signed.Add(SigningTime(context));
            }

            return handle();
        };

        await Application.Deployment(client).DeployAsync(app.Request("v1"), Token);
        time.Advance(TimeSpan.FromMinutes(11));
        await Application.Deployment(client).DeployAsync((app with { Image = "x/image:2" }).Request("v2"), Token);

        signed.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_token_that_is_refused_once_is_shown_again_and_then_reported()
    {
        var app = new Application(kubernetes.NewNamespace());
        var refusals = 1;
        kubernetes.Fault = (context, handle) =>
        {
            if (Interlocked.Decrement(ref refusals) < 0)
            {
                return handle();
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
        await Application.Deployment(kubernetes.Client).DeployAsync(app.Request("v1"), Token);

        refusals = int.MaxValue;
        (await FluentActions.Awaiting(() => Application.Deployment(kubernetes.Client).DeployAsync(app.Request("v1"), Token)).Should().ThrowAsync<PipelineException>())
            .Which.Remedy.Should().Contain("access entry");
    }

    /// <summary>The first release; the second one changes an image and a setting, and drops a service.</summary>
    private async Task<Application> StartAsync()
    {
        var app = new Application(kubernetes.NewNamespace()) { Services = ["web", "worker", "old"] };
        await Application.Deployment(kubernetes.Client).DeployAsync(app.Request("v1"), Token);
        return app;
    }

    private async Task SecondReleaseAsync(Application app, TimeSpan? lease = null)
    {
        var second = (app with { Services = ["web", "worker"], Image = "x/image:2", Setting = "two" }).Request("v2");
        await Application.Deployment(kubernetes.Client).DeployAsync(second with { LeaseDuration = lease ?? second.LeaseDuration }, Token);
    }

    private async Task<string> DeployedAsync()
    {
        var app = await StartAsync();
        await SecondReleaseAsync(app);
        return await StateAsync(app);
    }

    private async Task<bool> DiesAsync(Application app)
    {
        try
        {
            await SecondReleaseAsync(app, TimeSpan.FromSeconds(1)); // and the next run need not wait longer for it
            return false;
        }
        catch (PipelineException)
        {
            return true;
        }
    }

    private static string? NamespaceOf(HttpContext context) => context.Request.Path.Value!.Split('/') is var parts && Array.IndexOf(parts, "namespaces") is > 0 and var at ? parts.ElementAtOrDefault(at + 1) : null;

    /// <summary>Everything that the release determines, as text.</summary>
    private async Task<string> StateAsync(Application app)
    {
        var text = new StringBuilder();
        foreach (var item in (await kubernetes.Client.AppsV1.ListNamespacedDeploymentAsync(app.Namespace, cancellationToken: Token)).Items.Where(item => item.Metadata.DeletionTimestamp is null).OrderBy(item => item.Metadata.Name))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.Metadata.Name} {KubernetesJson.Serialize(item.Spec)} ready {item.Status.ReadyReplicas} of {item.Status.Replicas}");
        }

        foreach (var item in (await kubernetes.Client.CoreV1.ListNamespacedServiceAsync(app.Namespace, cancellationToken: Token)).Items.Where(item => item.Metadata.DeletionTimestamp is null).OrderBy(item => item.Metadata.Name))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.Metadata.Name} {KubernetesJson.Serialize(item.Spec.Ports)}");
        }

        foreach (var item in (await kubernetes.Client.CoreV1.ListNamespacedConfigMapAsync(app.Namespace, labelSelector: "app.kubernetes.io/component!=release", cancellationToken: Token)).Items.Where(item => item.Metadata.DeletionTimestamp is null && item.Metadata.Name != "kube-root-ca.crt").OrderBy(item => item.Metadata.Name))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.Metadata.Name} {KubernetesJson.Serialize(item.Data)}");
        }

        foreach (var item in (await kubernetes.Client.CoreV1.ListNamespacedSecretAsync(app.Namespace, cancellationToken: Token)).Items.OrderBy(item => item.Metadata.Name))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.Metadata.Name} {KubernetesJson.Serialize(item.Data)}");
        }

        var running = (await new ReleaseStore(kubernetes.Client, app.Namespace).ListAsync(Token))[0];
        text.AppendLine(CultureInfo.InvariantCulture, $"{running.Outcome} {running.Version} {running.ConfigMap} {string.Join(' ', running.Inventory)}");
        return text.Replace(app.Namespace, "NAMESPACE").ToString();
    }

    private static string SigningTime(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString()["Bearer k8s-aws-v1.".Length..].Replace('-', '+').Replace('_', '/');
        var url = Encoding.ASCII.GetString(Convert.FromBase64String(token.PadRight((token.Length + 3) / 4 * 4, '=')));
        return Signed().Match(url).Value;
    }

    [GeneratedRegex("X-Amz-Date=[0-9TZ]+", RegexOptions.None, 1000)]
    private static partial Regex Signed();
}
