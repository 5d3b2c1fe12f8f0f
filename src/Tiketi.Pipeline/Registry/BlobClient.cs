using System.Net;

namespace Tiketi.Pipeline.Registry;

/// <summary>What a manifest says of a blob: its type, the SHA-256 of its bytes ("sha256:...") and how many they are.</summary>
internal sealed record Descriptor(string MediaType, string Digest, long Size);

/// <summary>A registry's blobs: layers and configurations, each under the digest of its bytes.</summary>
internal sealed class BlobClient(RegistryClient registry)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Digest), string> _homes = [];

    /// <summary>Sees to it that the image's repository has a blob: from another one of the same registry where this run has put it into one, else from where it is.</summary>
    /// <param name="image">Whose repository.</param>
    /// <param name="blob">Which blob.</param>
    /// <param name="open">Its bytes; asked for at each try.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RegistryFault">It failed in a way that passes.</exception>
    /// <exception cref="PipelineException">The registry refuses.</exception>
    public async Task PutAsync(PublishRequest image, Descriptor blob, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        if (!await HasAsync(image, blob, cancellationToken))
        {
            string? home;
            lock (_lock)
            {
                home = _homes.GetValueOrDefault((image.Host, blob.Digest));
            }

            await SendAsync(image, blob, home, open, cancellationToken);
        }

        lock (_lock)
        {
            _homes[(image.Host, blob.Digest)] = image.RepositoryName;
        }
    }

    private async Task<bool> HasAsync(PublishRequest image, Descriptor blob, CancellationToken cancellationToken)
    {
        var head = new RegistryCall(HttpMethod.Head, RegistryClient.AddressOf(image, $"blobs/{blob.Digest}"))
        {
            Expected = [HttpStatusCode.OK, HttpStatusCode.NotFound],
            Permissions = "ecr:BatchCheckLayerAvailability and ecr:GetDownloadUrlForLayer",
        };
        using var answer = await registry.SendAsync(image, head, cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private async Task SendAsync(PublishRequest image, Descriptor blob, string? from, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        if (await BeginAsync(image, blob, from, cancellationToken) is not { } begun)
        {
            return;
        }

        var patch = Upload(HttpMethod.Patch, begun) with { Content = moved => new BlobContent(open, blob.Size, moved), Expected = [HttpStatusCode.Accepted] };
        using var sent = await registry.SendAsync(image, patch, cancellationToken);
        var end = new UriBuilder(Next(sent, begun));
        end.Query = $"{end.Query.TrimStart('?')}{(end.Query.Length > 1 ? "&" : "")}digest={Uri.EscapeDataString(blob.Digest)}";
        using var stored = await registry.SendAsync(image, Upload(HttpMethod.Put, end.Uri) with { Expected = [HttpStatusCode.Created] }, cancellationToken);
    }

    /// <returns>Where the bytes go; null when the registry took the blob from the other repository.</returns>
    private async Task<Uri?> BeginAsync(PublishRequest image, Descriptor blob, string? from, CancellationToken cancellationToken)
    {
        var uploads = RegistryClient.AddressOf(image, "blobs/uploads/");
        if (from is not null)
        {
            // An ECR that does not mount (its account setting BLOB_MOUNTING is off) begins an upload; who may not read the other repository is refused.
            var query = $"?mount={Uri.EscapeDataString(blob.Digest)}&from={Uri.EscapeDataString(from)}";
            var mount = Upload(HttpMethod.Post, new Uri(uploads, query)) with { Expected = [HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.Forbidden, HttpStatusCode.NotFound] };
            using var answer = await registry.SendAsync(image, mount, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted)
            {
                return answer.StatusCode == HttpStatusCode.Created ? null : Next(answer, uploads);
            }
        }

        using var begun = await registry.SendAsync(image, Upload(HttpMethod.Post, uploads) with { Expected = [HttpStatusCode.Accepted] }, cancellationToken);
        return Next(begun, uploads);
    }

    private static RegistryCall Upload(HttpMethod method, Uri address) => new(method, address)
    {
        Expected = [],
        Permissions = "ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload and BatchCheckLayerAvailability",
    };

    private static Uri Next(HttpResponseMessage answer, Uri asked)
        => answer.Headers.Location is { } location ? new Uri(asked, location) : throw new RegistryFault($"{asked.GetLeftPart(UriPartial.Path)} answered {(int)answer.StatusCode} without a Location.");

    /// <summary>The bytes of a blob, as they come from elsewhere.</summary>
    private sealed class BlobContent(Func<CancellationToken, Task<Stream>> open, long size, Action moved) : HttpContent
    {
        private const int PieceSize = 128 * 1024;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var source = await open(cancellationToken);
            var piece = new byte[PieceSize];
            for (int read; (read = await source.ReadAsync(piece, cancellationToken)) > 0; moved())
            {
                await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }
    }
}
