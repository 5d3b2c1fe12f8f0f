namespace Tiketi.LocalCloud.Ecr.Registry;

internal enum RegistryResource
{
    Base,
    Catalog,
    Tags,
    Manifest,
    Blob,
    Upload,
    Referrers,
}

/// <summary>What a path below <c>/v2/</c> names. Repository names have slashes themselves, so it is read from its end.</summary>
internal readonly record struct RegistryRoute(RegistryResource Resource, string Repository, string Reference)
{
    /// <summary>Null: no path of the protocol.</summary>
    public static RegistryRoute? Parse(string path)
    {
        var parts = path.Trim('/').Split('/')[1..];
        return parts switch
        {
            [] => new RegistryRoute(RegistryResource.Base, "", ""),
            ["_catalog"] => new RegistryRoute(RegistryResource.Catalog, "", ""),
            [.. var name, "tags", "list"] => Of(RegistryResource.Tags, name, ""),
            [.. var name, "manifests", var reference] => Of(RegistryResource.Manifest, name, reference),
            [.. var name, "blobs", "uploads"] => Of(RegistryResource.Upload, name, ""),
            [.. var name, "blobs", "uploads", var id] => Of(RegistryResource.Upload, name, id),
            [.. var name, "blobs", var digest] => Of(RegistryResource.Blob, name, digest),
            [.. var name, "referrers", var digest] => Of(RegistryResource.Referrers, name, digest),
            _ => null,
        };
    }

    private static RegistryRoute? Of(RegistryResource resource, string[] name, string reference) =>
        name.Length == 0 ? null : new RegistryRoute(resource, string.Join('/', name), reference);
}
