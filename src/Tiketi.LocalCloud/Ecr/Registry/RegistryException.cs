namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>An error of the distribution protocol: status and one entry of its <c>errors</c> list.</summary>
internal sealed class RegistryException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static RegistryException DigestInvalid(string digest) => new(400, "DIGEST_INVALID", $"'{digest}' is not the digest of the content, or no sha256 digest");

    public static RegistryException UploadUnknown(string id) => new(404, "BLOB_UPLOAD_UNKNOWN", $"blob upload '{id}' unknown to registry");

    public static RegistryException BlobUnknown(string digest) => new(404, "BLOB_UNKNOWN", $"blob '{digest}' unknown to registry");

    public static RegistryException Unsupported() => new(405, "UNSUPPORTED", "The operation is unsupported.");

    /// <summary>The API's exceptions as ECR's registry words them.</summary>
    public static RegistryException Of(EcrException error) => error.Code switch
    {
        "RepositoryNotFoundException" => new(404, "NAME_UNKNOWN", error.Message),
        "ImageNotFoundException" => new(404, "MANIFEST_UNKNOWN", "Requested image not found"),
        "ImageTagAlreadyExistsException" => new(400, "TAG_INVALID", error.Message),
        "LayersNotFoundException" or "ReferencedImagesNotFoundException" => new(400, "MANIFEST_BLOB_UNKNOWN", error.Message),
        _ => new(400, "UNKNOWN", error.Message),
    };
}
