using System.Diagnostics;
using System.Net;

namespace Tiketi.Integration.Addons;

/// <summary>
/// A chart repository on loopback with versions of a chart that takes the values of the AWS Load Balancer Controller's, and, as that
/// does, refuses to install without the cluster's name. Packed and indexed by helm itself.
/// </summary>
internal sealed class ChartRepository : IDisposable
{
    private const string Deployment = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: {{ .Values.serviceAccount.name }}, namespace: {{ .Release.Namespace }}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
        spec:
          replicas: {{ .Values.replicaCount }}
          selector: {matchLabels: {app: controller}}
          template:
            metadata: {labels: {app: controller}}
            spec:
              serviceAccountName: {{ .Values.serviceAccount.name }}
              containers:
                - name: controller
                  image: registry.invalid/controller:{{ .Chart.AppVersion }}
                  args: ["--cluster-name={{ required "Chart cannot be installed without a valid clusterName!" .Values.clusterName }}", "--aws-region={{ .Values.region }}", "--aws-vpc-id={{ .Values.vpcId }}"]
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiketi-charts-");
    private readonly HttpListener _listener = new();

    private ChartRepository()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.Take(1)[0]}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public static async Task<ChartRepository> StartAsync(string helm, string name, params string[] versions)
    {
        var repository = new ChartRepository();
        var chart = Path.Combine(repository._folder.FullName, name);
        Directory.CreateDirectory(Path.Combine(chart, "templates"));
        await File.WriteAllTextAsync(Path.Combine(chart, "values.yaml"), "replicaCount: 0 # these clusters have no node\n");
        await File.WriteAllTextAsync(Path.Combine(chart, "templates", "controller.yaml"), Deployment);
        foreach (var version in versions)
        {
            await File.WriteAllTextAsync(Path.Combine(chart, "Chart.yaml"), $"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: v{version}\n");
            await RunAsync(helm, "package", chart, "--destination", repository._folder.FullName);
        }

        await RunAsync(helm, "repo", "index", repository._folder.FullName);
        return repository;
    }

    public void Dispose()
    {
        _listener.Close();
        _folder.Delete(recursive: true);
    }

    private static async Task RunAsync(string helm, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(helm, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, string.Concat(await output));
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return; // closed
            }

            var file = Path.Combine(_folder.FullName, Path.GetFileName(context.Request.Url!.AbsolutePath));
            context.Response.StatusCode = File.Exists(file) ? 200 : 404;
            if (File.Exists(file))
            {
                await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(file));
            }

            context.Response.Close();
        }
    }
}
