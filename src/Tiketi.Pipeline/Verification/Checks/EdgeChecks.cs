using System.Net.Sockets;
using Amazon.CertificateManager.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>What stands between visitors and the system: names, certificates, the web ACL.</summary>
internal static class EdgeChecks
{
    // ACM renews 60 days before the end; at two weeks that has failed for long.
    private static readonly TimeSpan Left = TimeSpan.FromDays(14);

    public static IEnumerable<ICheck> For(SmokeTestTarget target, StackInventory inventory, TimeProvider time)
    {
        yield return new Check("certificates", "browsers trust the addresses, for two weeks at least", token => target.CertificatesIn is { } certificates
            ? DataChecks.EachAsync(inventory, "AWS::CertificateManager::Certificate", arn => CertificateAsync(certificates, arn, time, token), token)
            : Task.FromResult(CheckOutcome.Skipped("no certificates were given")));
        yield return new Check("waf", "the web ACL stands before the site", token => target is { CloudFront: { } api, DistributionId: { } id }
            ? WafAsync(api, id, inventory, token)
            : Task.FromResult(CheckOutcome.Skipped("no distribution was named")));
        yield return new Check("dns", "the public names lead to the site and to the services' load balancer", token => target.Domain is { } domain
            ? DnsAsync(target, domain, time, token)
            : Task.FromResult(CheckOutcome.Skipped("the environment has no domain")))
        {
            // Behind a name stand more addresses than one answer holds.
            Retry = new CheckRetry(5, TimeSpan.FromSeconds(5)),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    private static async Task<CheckOutcome> CertificateAsync(Func<string, Amazon.CertificateManager.IAmazonCertificateManager> certificatesIn, string arn, TimeProvider time, CancellationToken cancellationToken)
    {
        CertificateDetail certificate;
        try
        {
            var acm = certificatesIn(arn.Split(':')[3]);
            certificate = (await acm.DescribeCertificateAsync(new DescribeCertificateRequest { CertificateArn = arn }, cancellationToken)).Certificate;
        }
        catch (ResourceNotFoundException)
        {
            return CheckOutcome.Failed($"there is no certificate {arn} any more", "It was deleted past its stack: ./build.sh DriftInfra shows what else is gone.");
        }

        var days = certificate.NotAfter is { } end ? (int)(end.ToUniversalTime() - time.GetUtcNow().UtcDateTime).TotalDays : (int?)null;
        var name = $"{certificate.DomainName} ({arn.Split(':')[3]})";
        return certificate.Status?.Value switch
        {
            "PENDING_VALIDATION" => CheckOutcome.Failed($"{name} waits to be validated", "Let the domain's registrar name the zone's name servers (output NameServers of stack dns): ACM looks for its records there."),
            "ISSUED" when days < Left.TotalDays => CheckOutcome.Failed($"{name} has {days} days left", "ACM renews it by itself while its validation record (a CNAME that begins with _) is in the zone: restore that with ./build.sh ApplyInfra."),
            "ISSUED" => CheckOutcome.Passed($"{name} issued{(days is null ? "" : $", {days} days left")}"),
            var other => CheckOutcome.Failed($"{name} is {other}{(certificate.FailureReason is { } reason ? $": {reason}" : "")}", "Delete it from its stack and make it anew: ACM does not mend one that has failed."),
        };
    }

    private static async Task<CheckOutcome> WafAsync(IAmazonCloudFront cloudFront, string id, StackInventory inventory, CancellationToken cancellationToken)
    {
        // Ref of a web ACL is NAME|ID|SCOPE, and its ARN ends in webacl/NAME/ID.
        var acl = (await inventory.IdsAsync("AWS::WAFv2::WebACL", cancellationToken)).Select(reference => reference.Split('|')).FirstOrDefault(parts => parts.Length == 3);
        if (acl is null)
        {
            return CheckOutcome.Skipped("the stacks have no web ACL");
        }

        try
        {
            var attached = (await cloudFront.GetDistributionAsync(new GetDistributionRequest(id), cancellationToken)).Distribution.DistributionConfig.WebACLId;
            return attached?.EndsWith($"/{acl[0]}/{acl[1]}", StringComparison.Ordinal) == true ? CheckOutcome.Passed($"{acl[0]} is attached to {id}")
                : CheckOutcome.Failed($"{id} has {(string.IsNullOrEmpty(attached) ? "no web ACL" : $"another web ACL, {attached}")} instead of {acl[0]}", "Somebody detached it. Attach it again in CloudFront's console, or with aws cloudfront update-distribution; ./build.sh DriftInfra then shows no difference any more.");
        }
        catch (NoSuchDistributionException)
        {
            return CheckOutcome.Failed($"there is no distribution {id}", "Run ./build.sh ApplyInfra.");
        }
    }

    private static async Task<CheckOutcome> DnsAsync(SmokeTestTarget target, string domain, TimeProvider time, CancellationToken cancellationToken)
    {
        var expected = new List<(string Name, string Target, string Remedy)>();
        if (target is { CloudFront: { } api, DistributionId: { } id })
        {
            var site = (await api.GetDistributionAsync(new GetDistributionRequest(id), cancellationToken)).Distribution.DomainName;
            const string Remedy = "Run ./build.sh ApplyInfra (the site's records are in stack frontend); with a zone of another provider, point the name there.";
            expected.AddRange([(domain, site, Remedy), ("www." + domain, site, Remedy)]);
        }

        if (target.Cluster is not null)
        {
            var ingresses = await new ClusterApi(target.Cluster, time).ListAsync("networking.k8s.io/v1", "Ingress", target.Namespace, "", cancellationToken);
            if (ingresses.SelectMany(ingress => ingress.Items("status", "loadBalancer", "ingress")).Select(point => point.Text("hostname")).OfType<string>().FirstOrDefault() is { } balancer)
            {
                expected.Add((target.ApiUrl.Host, balancer, "Run ./build.sh ApplyDns, which points the name at the load balancer that the ingress has now."));
            }
        }

        foreach (var (name, address, remedy) in expected)
        {
            var (answers, wanted) = (await ResolveAsync(target, name, cancellationToken), await ResolveAsync(target, address, cancellationToken));
            if (answers.Count == 0)
            {
                return CheckOutcome.Failed($"{name} is not known to DNS", $"{remedy} Let the registrar name the zone's name servers (output NameServers of stack dns); that takes up to two days to be known.");
            }

            if (!answers.Overlaps(wanted))
            {
                return CheckOutcome.Failed($"{name} leads to {string.Join(", ", answers)}, and {address} is at {(wanted.Count == 0 ? "no address" : string.Join(", ", wanted))}", remedy);
            }
        }

        return expected.Count == 0 ? CheckOutcome.Skipped("neither a distribution nor a load balancer is known")
            : CheckOutcome.Passed(string.Join(", ", expected.Select(pair => $"{pair.Name} leads to {pair.Target}")));
    }

    private static async Task<HashSet<string>> ResolveAsync(SmokeTestTarget target, string name, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await target.Resolve(name, cancellationToken)).Select(address => address.ToString())];
        }
        catch (SocketException)
        {
            return []; // no such name
        }
    }
}
