using System.Security.Cryptography;
using System.Text;

namespace Tiketi.LocalCloud.Engine;

/// <summary>
/// What the bootstrapped images are made from. Images are named by the digest of it, so that a changed recipe, certificate
/// bundle or npm registry makes new ones, and nobody else's image is ever retagged.
/// </summary>
/// <param name="CertificateBundle">The host's certificate authorities (a PEM file), null where there is no such file: with a company's proxy in between, containers need them too.</param>
/// <param name="NpmRegistry">The host's npm registry where it is not the public one.</param>
internal sealed record DebianRecipe(string? CertificateBundle, string? NpmRegistry)
{
    public const string Suite = "trixie";

    /// <summary>Debian's own npm package brings some 300 packages; npm's own tarball is one of 11 MiB.</summary>
    public const string Npm = "npm@10.9.4";

    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";

    private const string Install = "apt-get update && apt-get install -y --no-install-recommends";
    private const string Tidy = "apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log";

    /// <summary>
    /// Documentation, translations, and PostgreSQL's just-in-time compiler (LLVM, 130 MiB; PostgreSQL does without when its
    /// llvmjit.so is absent) stay out.
    /// </summary>
    public static readonly IReadOnlyList<string> DpkgOptions =
    [
        "force-unsafe-io",
        "path-exclude=/usr/share/man/*",
        "path-exclude=/usr/share/doc/*",
        "path-exclude=/usr/share/locale/*",
        "path-exclude=/usr/lib/*/libLLVM*",
        "path-exclude=/usr/lib/llvm-*",
        "path-exclude=/usr/lib/postgresql/*/lib/llvmjit*",
        "path-exclude=/usr/lib/postgresql/*/lib/bitcode/*",
    ];

    public static DebianRecipe ForThisHost()
    {
        string?[] bundles = [Environment.GetEnvironmentVariable("SSL_CERT_FILE"), Bundle, "/etc/pki/tls/certs/ca-bundle.crt"];
        return new DebianRecipe(bundles.FirstOrDefault(File.Exists), Engine.NpmRegistry.OfThisHost());
    }

    public string BaseTag => "tiketi-local/debian:" + Id;

    private string Id { get => field ??= Digest(); }

    public string Tag(Base image) => $"tiketi-local/{image.Name}:{Id}";

    public string Dockerfile(Base image) => $"FROM {BaseTag}\n{Steps(image)}\n";

    private string Steps(Base image) => image.Name switch
    {
        "node" => $"""
            COPY npm /usr/local/lib/node_modules/npm
            RUN {Install} nodejs ca-certificates && {Tidy} \
             && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home --shell /bin/bash node \
             && cd /usr/local/lib/node_modules/npm/bin && chmod 755 npm-cli.js npx-cli.js \
             && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
            {(CertificateBundle is null ? "" : $"COPY ca-certificates.crt {Bundle}")}
            ENV NODE_EXTRA_CA_CERTS={Bundle} SSL_CERT_FILE={Bundle} NPM_CONFIG_UPDATE_NOTIFIER=false{(NpmRegistry is null ? "" : $" NPM_CONFIG_REGISTRY={NpmRegistry}")}
            CMD ["node"]
            """,
        "postgres" => $"""
            RUN mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
             && {Install} postgresql-17 && {Tidy}
            ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
            """,
        "redis" => $"""
            RUN {Install} redis-server && {Tidy}
            CMD ["redis-server"]
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(image), image.Name, "No recipe."),
    };

    private string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string?[])[Suite, Npm, Install, NpmRegistry, .. DpkgOptions, .. Base.All.Select(image => Steps(image))])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\0"));
        }

        if (CertificateBundle is not null)
        {
            hash.AppendData(File.ReadAllBytes(CertificateBundle));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
